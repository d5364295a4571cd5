import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { DARK_SURFACE, LIGHT_SURFACE, paletteOf, type Palette } from './colours.js';
import { baseStyle } from './client/base-style.js';
import { screensStyle } from './client/screens-style.js';

/** A file the page loads. Its name holds a hash of its content, so it never changes under that name. */
export interface Asset {
  name: string;
  type: string;
  content: string;
}

const CSS = 'text/css; charset=utf-8';
const JAVASCRIPT = 'text/javascript; charset=utf-8';
const THEME_NAME = /^theme-([0-9a-f]{6})-/;

const asset = (stem: string, extension: string, type: string, content: string): Asset => {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return { name: `${stem}-${hash}.${extension}`, type, content };
};

export const styleAsset = asset('page', 'css', CSS, baseStyle + screensStyle);

const variables = ({ fill, onFill, accent }: Palette): string =>
  `:root{--fill:${fill};--on-fill:${onFill};--accent:${accent}}`;

/** The style sheet with a tenant's colours. @param colour as #rrggbb */
export function themeAsset(colour: string): Asset {
  const light = variables(paletteOf(colour, LIGHT_SURFACE));
  const dark = variables(paletteOf(colour, DARK_SURFACE));
  const content = `${light}\n@media(prefers-color-scheme:dark){${dark}}\n`;
  return asset(`theme-${colour.slice(1)}`, 'css', CSS, content);
}

let script: Promise<Asset> | undefined;

/** The page's script. */
export function scriptAsset(): Promise<Asset> {
  script ??= readScript().then((content) => asset('page', 'js', JAVASCRIPT, content));
  return script;
}

/** The build has compiled the script beside this file; run from the sources, as in tests, it is compiled here. */
async function readScript(): Promise<string> {
  if (import.meta.url.endsWith('.js')) {
    const compiled = await readFile(new URL('./client/page.js', import.meta.url), 'utf8');
    return compiled.replace(/^\/\/# sourceMappingURL=.*$/m, '');
  }
  const { default: typescript } = await import('typescript');
  const source = await readFile(new URL('./client/page.ts', import.meta.url), 'utf8');
  const { ESNext: module } = typescript.ModuleKind;
  const { ES2023: target } = typescript.ScriptTarget;
  return typescript.transpileModule(source, { compilerOptions: { module, target } }).outputText;
}

/** The file of this name, or null. */
export async function findAsset(name: string): Promise<Asset | null> {
  const [, colour] = THEME_NAME.exec(name) ?? [];
  const candidates = colour ? [themeAsset(`#${colour}`)] : [styleAsset, await scriptAsset()];
  return candidates.find((candidate) => candidate.name === name) ?? null;
}
