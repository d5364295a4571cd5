import { createTheme, type MantineColorsTuple } from '@mantine/core';

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

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 5 },
  colors: { ink, dark, gray },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
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
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', allowDeselect: false } },
    Skeleton: { defaultProps: { radius: 'sm' } },
  },
});
