import { scriptAsset, styleAsset, themeAsset } from './assets.js';
import { normaliseColour } from './colours.js';
import { html, type Html } from './html.js';
import type { PageData } from './page-data.js';
import { originOf } from './page-headers.js';
import type { Texts } from './texts.js';

/** Who the page speaks for. */
export interface Brand {
  name: string;
  logoUrl?: string;
  primaryColour?: string;
}

interface Page {
  texts: Texts;
  title: string;
  /** Null where the page must not tell whose link it is. */
  brand: Brand | null;
  body: Html;
  /** What the script needs; without it the page has no script. */
  data?: PageData;
}

/** The whole document around a page's screens. */
export async function layout({ texts, title, brand, body, data }: Page): Promise<string> {
  const theme = themeAsset(normaliseColour(brand?.primaryColour));
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <meta name="color-scheme" content="light dark" />
    <title>${brand ? `${title} · ${brand.name}` : title}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/verify/assets/${theme.name}" />
    <link rel="stylesheet" href="/verify/assets/${styleAsset.name}" />
    ${data ? html`<script type="module" src="/verify/assets/${(await scriptAsset()).name}"></script>` : null}`;
  const page = html`<html lang="${texts.language}" dir="${texts.direction}">
    <head>
      ${head}
    </head>
    <body data-page="${data ? JSON.stringify(data) : ''}">
      ${brand ? header(brand) : null}
      <main>${body}</main>
    </body>
  </html> `;
  return `<!doctype html>\n${page.markup}`;
}

function header({ name, logoUrl }: Brand): Html {
  const logo = originOf(logoUrl) && logoUrl ? html`<img src="${logoUrl}" alt="" height="32" />` : null;
  return html`<header class="bar">${logo}<span>${name}</span></header>`;
}
