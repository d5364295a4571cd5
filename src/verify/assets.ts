import { createHash } from 'node:crypto';
import { browserScript } from '../http/browser-script.js';
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

/** The pages' own scripts; the others are what they import. */
export type ScriptName = 'page' | 'notice';

/** In an order in which each comes after what it imports. */
const MODULES = ['parent-page', 'follow', 'notice', 'page'] as const;

let scripts: Promise<ReadonlyMap<string, Asset>> | undefined;

/** A page's script. */
export async function scriptAsset(name: ScriptName): Promise<Asset> {
  return (await allScripts()).get(name) as Asset;
}

function allScripts(): Promise<ReadonlyMap<string, Asset>> {
  scripts ??= readScripts();
  return scripts;
}

/** Imports name the files as they are served, so that a script's name changes with what it imports. */
async function readScripts(): Promise<ReadonlyMap<string, Asset>> {
  const assets = new Map<string, Asset>();
  for (const name of MODULES) {
    let content = await browserScript(new URL(`./client/${name}`, import.meta.url));
    for (const [stem, served] of assets) content = content.replaceAll(`'./${stem}.js'`, `'./${served.name}'`);
    assets.set(name, asset(name, 'js', JAVASCRIPT, content));
  }
  return assets;
}

/** The file of this name, or null. */
export async function findAsset(name: string): Promise<Asset | null> {
  const [, colour] = THEME_NAME.exec(name) ?? [];
  const candidates = colour ? [themeAsset(`#${colour}`)] : [styleAsset, ...(await allScripts()).values()];
  return candidates.find((candidate) => candidate.name === name) ?? null;
}
