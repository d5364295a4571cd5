import { Alert, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#eef3ff',
  '#dce5fb',
  '#b9caf5',
  '#93adf0',
  '#6f91e9',
  '#4a72de',
  '#2f55c4',
  '#2748a8',
  '#1f3a89',
  '#172c68',
];

/** Neutral greys with a trace of blue, in place of Mantine's. From light text to dark surfaces. */
const dark: MantineColorsTuple = [
  '#d8dde6',
  '#bcc4d0',
  '#98a2b3',
  '#78839a',
  '#394252',
  '#2a3240',
  '#1f2632',
  '#161b24',
  '#0f131a',
  '#0a0d12',
];

const gray: MantineColorsTuple = [
  '#f7f8fa',
  '#f0f2f5',
  '#e4e7ec',
  '#d3d8e0',
  '#b8c0cc',
  '#8b95a5',
  '#626d7f',
  '#475163',
  '#2e3748',
  '#1b2230',
];

/** Mantine's names of colours → our tones. */
const tones: Record<string, string> = { red: 'red', yellow: 'amber', green: 'green', blue: 'blue' };

const overlay = { overlayProps: { backgroundOpacity: 0.45 }, closeButtonProps: { 'aria-label': 'Close' } };

const overlayStyles = {
  content: { background: 'var(--surface)' },
  header: { background: 'var(--surface)' },
  title: { fontSize: '0.9375rem', fontWeight: 640 },
};

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: 6,
  colors: { ink, dark, gray },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  defaultRadius: 'md',
  radius: { xs: '3px', sm: '5px', md: '7px', lg: '10px', xl: '16px' },
  headings: { fontWeight: '620' },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm', fw: 550 } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 30 } },
    Alert: Alert.extend({
      defaultProps: { variant: 'light' },
      vars: (_, { color = 'blue' }) => ({
        root: { '--alert-bg': `var(--${tones[color]}-bg)`, '--alert-color': `var(--${tones[color]}-fg)` },
      }),
    }),
    Modal: { defaultProps: { centered: true, ...overlay }, styles: overlayStyles },
    Drawer: { defaultProps: overlay, styles: overlayStyles },
    // Its focus placeholder is no child that a menu may have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
});

const shared = {
  '--mantine-color-body': 'var(--ground)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-muted)',
  '--mantine-color-anchor': 'var(--link)',
  '--mantine-color-error': 'var(--red-fg)',
};

/** Makes Mantine's components use the tokens of `tokens.css`. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...shared, '--mantine-color-placeholder': '#687284' },
  dark: { ...shared, '--mantine-color-placeholder': '#8a94a5' },
});
