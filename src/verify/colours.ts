/** The colours of one page that depend on the tenant, as #rrggbb. */
export interface Palette {
  /** Filled buttons, and the text on them. */
  fill: string;
  onFill: string;
  /** Icons, links and the focus ring on the page's own surface. */
  accent: string;
}

type Rgb = readonly [number, number, number];

/** Used when a tenant has no colour, or one that can't be read. */
export const DEFAULT_COLOUR = '#2455c3';
/** The page's own surfaces, the same as in its style sheet. */
export const LIGHT_SURFACE = '#ffffff';
export const DARK_SURFACE = '#171b21';

/** Where white is not readable, black always is. */
const DARK_TEXT = '#000000';
const LIGHT_TEXT = '#ffffff';
/** WCAG 2.2, 1.4.3. */
const TEXT_CONTRAST = 4.5;
/** The text tells that a button is one, so its fill keeps the tenant's colour unless it would melt into the surface. */
const FILL_CONTRAST = 1.3;
const STEPS = 20;

/** `#rgb` or `#rrggbb` as lower-case `#rrggbb`; anything else is the default colour. */
export function normaliseColour(colour: string | undefined): string {
  const text = colour?.trim().toLowerCase() ?? '';
  if (/^#[0-9a-f]{6}$/.test(text)) return text;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(text);
  return short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
    : DEFAULT_COLOUR;
}

/** Contrast ratio of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** A tenant's colour made readable on the light or the dark surface. */
export function paletteOf(colour: string, surface: string): Palette {
  const fill = readableOn(surface, colour, FILL_CONTRAST);
  return {
    fill,
    onFill: contrast(LIGHT_TEXT, fill) >= TEXT_CONTRAST ? LIGHT_TEXT : DARK_TEXT,
    accent: readableOn(surface, colour, TEXT_CONTRAST),
  };
}

/** The colour itself, or the nearest mix with black or white that stands out enough. */
function readableOn(surface: string, colour: string, ratio: number): string {
  const towards = luminance(surface) > 0.5 ? '#000000' : '#ffffff';
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(colour, towards, step / STEPS);
    if (contrast(mixed, surface) >= ratio) return mixed;
  }
  return towards;
}

function mix(one: string, other: string, share: number): string {
  const [a, b] = [rgb(one), rgb(other)];
  const channel = (index: 0 | 1 | 2) => Math.round(a[index] + (b[index] - a[index]) * share);
  return `#${([0, 1, 2] as const).map((index) => channel(index).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: string): number {
  const [red, green, blue] = rgb(colour);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function rgb(colour: string): Rgb {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
