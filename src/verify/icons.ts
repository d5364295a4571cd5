import { html, type Html } from './html.js';

const icon = (paths: Html): Html =>
  html`<svg
    class="icon"
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${paths}
  </svg>`;

export const documentIcon = icon(
  html`<rect x="2.5" y="5" width="19" height="14" rx="2.5" />
    <circle cx="8.5" cy="11" r="2" />
    <path d="M5.5 16c.6-1.4 1.7-2 3-2s2.4.6 3 2M14.5 10h4M14.5 14h4" />`,
);
export const cameraIcon = icon(
  html`<path
      d="M8.5 6.5 10 4h4l1.5 2.5H19a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8.500a2 2 0 0 1 2-2z"
    />
    <circle cx="12" cy="13" r="3.5" />`,
);
export const clockIcon = icon(html`<circle cx="12" cy="12" r="9" /><path d="M12 7v5l3.5 2" />`);
export const lockIcon = icon(
  html`<rect x="5" y="11" width="14" height="9" rx="2" /><path d="M8 11V8a4 4 0 0 1 8 0v3" />`,
);
export const phoneIcon = icon(
  html`<rect x="7" y="2.5" width="10" height="19" rx="2.5" /><path d="M11 18.500h2" />`,
);
export const tickIcon = icon(html`<path d="m5 12.5 4.5 4.500L19 7.5" />`);
export const alertIcon = icon(html`<path d="M12 5.5v8M12 18v.1" />`);
export const languageIcon = icon(
  html`<circle cx="12" cy="12" r="9" />
    <path
      d="M3 12h18M12 3c2.500 2.500 3.750 5.500 3.750 9S14.500 18.500 12 21c-2.500-2.500-3.750-5.500-3.750-9S9.500 5.500 12 3z"
    />`,
);
