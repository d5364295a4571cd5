import { scriptAsset, styleAsset, themeAsset, type ScriptName } from './assets.js';
import { normaliseColour } from './colours.js';
import { html, type Html } from './html.js';
import { languageIcon } from './icons.js';
import type { NoticeData, PageData } from './page-data.js';
import { originOf } from './page-headers.js';
import { languages } from './texts/languages.js';
import { queryOf, type View } from './view.js';

/** Who the page speaks for. */
export interface Brand {
  name: string;
  logoUrl?: string;
  primaryColour?: string;
}

interface Page {
  view: View;
  title: string;
  /** Null where the page must not tell whose link it is. */
  brand: Brand | null;
  body: Html;
  /** The page's script with what it needs; null for none. */
  script: { name: ScriptName; data: PageData | NoticeData } | null;
}

/** The whole document around a page's screens. */
export async function layout({ view, title, brand, body, script }: Page): Promise<string> {
  const { language, direction } = view.texts;
  const theme = themeAsset(normaliseColour(brand?.primaryColour));
  const asset = script && (await scriptAsset(script.name));
  const head = html`<meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <meta name="color-scheme" content="light dark" />
    <title>${brand ? `${title} · ${brand.name}` : title}</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/verify/assets/${theme.name}" />
    <link rel="stylesheet" href="/verify/assets/${styleAsset.name}" />
    ${asset && html`<script type="module" src="/verify/assets/${asset.name}"></script>`}`;
  const page = html`<html lang="${language}" dir="${direction}">
    <head>
      ${head}
    </head>
    <body data-page="${script ? JSON.stringify(script.data) : ''}">
      ${header(brand, view)}
      <main>${body}</main>
    </body>
  </html> `;
  return `<!doctype html>\n${page.markup}`;
}

/** A page that embeds this one says for whom it speaks. */
function header(brand: Brand | null, view: View): Html {
  return html`<header class="bar${view.embedded ? ' lean' : ''}">
    ${brand && !view.embedded && nameOf(brand)} ${languageChoice(view)}
  </header>`;
}

function nameOf({ name, logoUrl }: Brand): Html {
  const logo = originOf(logoUrl) && logoUrl ? html`<img src="${logoUrl}" alt="" height="32" />` : null;
  return html`${logo}<span dir="auto">${name}</span>`;
}

/** Links, so that it works without a script and is remembered by nothing but the address. */
function languageChoice(view: View): Html {
  const { texts } = view;
  const items = languages.map(({ language, name, direction }) => {
    const current = language === texts.language ? html`aria-current="true"` : null;
    const href = queryOf({ ...view, chosen: language });
    return html`<li>
      <a href="${href}" lang="${language}" dir="${direction}" hreflang="${language}" ${current}>${name}</a>
    </li>`;
  });
  return html`<nav class="languages" aria-label="${texts.languages}">
    <details>
      <summary>${languageIcon}<span class="unseen">${texts.languages}: </span>${texts.name}</summary>
      <ul>
        ${items}
      </ul>
    </details>
  </nav>`;
}
