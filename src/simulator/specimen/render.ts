import { renderAsync } from '@resvg/resvg-js';
import { createRequire } from 'node:module';

/** The fonts come with the package, so pictures look the same on machines without any font. */
const require = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf', 'DejaVuSansMono.ttf'].map((file) =>
  require.resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

/** PNG of a drawing, at its own size; rendered outside the event loop. */
export async function renderPng(svg: string): Promise<Buffer> {
  const image = await renderAsync(svg, { font: { loadSystemFonts: false, fontFiles } });
  return image.asPng();
}

/** How a page was photographed. */
export interface Photograph {
  width: number;
  height: number;
  svg: string;
  /** Extra shots of the same page differ a little. */
  frame: number;
  blurred: boolean;
}

/** A page lying on a table, seen by a camera: a little rotated, with shadow and light. */
export function photographSvg({ width, height, svg, frame, blurred }: Photograph): string {
  const margin = 90;
  const canvas = { width: width + margin * 2, height: height + margin * 2 };
  const angle = [-0.7, 1.3, -1.8][frame % 3] ?? 0;
  const turn = `rotate(${angle} ${canvas.width / 2} ${canvas.height / 2}) translate(${margin + frame * 6} ${margin - frame * 4})`;
  const blur = blurred ? ' filter="url(#blur)"' : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas.width}" height="${canvas.height}" viewBox="0 0 ${canvas.width} ${canvas.height}"><defs><linearGradient id="table" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#6d5845"/><stop offset="1" stop-color="#463729"/></linearGradient><radialGradient id="light" cx="0.35" cy="0.3" r="0.9"><stop offset="0" stop-color="#ffffff" stop-opacity="0.16"/><stop offset="1" stop-color="#000000" stop-opacity="0.14"/></radialGradient><filter id="blur"><feGaussianBlur stdDeviation="9"/></filter></defs><g${blur}><rect width="${canvas.width}" height="${canvas.height}" fill="url(#table)"/><g transform="${turn}"><rect x="10" y="16" width="${width}" height="${height}" rx="34" fill="#000000" opacity="0.35"/>${svg}</g><rect width="${canvas.width}" height="${canvas.height}" fill="url(#light)"/></g></svg>`;
}
