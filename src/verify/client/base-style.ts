/** Colours, type and the parts that every page has. The tenant's colours are in a sheet of their own. */
export const baseStyle = /* css */ `
:root {
  color-scheme: light dark;
  --page: #f3f5f8;
  --surface: #ffffff;
  --sunken: #f3f5f8;
  --text: #171b21;
  --soft: #505a68;
  --line: #dde2e9;
  --good: #157347;
  --good-soft: #e3f4ea;
  --warn: #97500a;
  --warn-soft: #fdf0df;
  --shadow: 0 1px 2px rgb(16 24 40 / 6%), 0 12px 32px -12px rgb(16 24 40 / 16%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1014;
    --surface: #171b21;
    --sunken: #1f252d;
    --text: #eef1f5;
    --soft: #a9b3c1;
    --line: #2d3540;
    --good: #6fd39b;
    --good-soft: #14301f;
    --warn: #f5b566;
    --warn-soft: #35250f;
    --shadow: none;
  }
}
* {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
html {
  -webkit-text-size-adjust: 100%;
}
body {
  margin: 0;
  min-height: 100dvh;
  display: grid;
  grid-template-rows: auto 1fr;
  background: var(--surface);
  color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif;
}
h1 {
  margin: 0;
  font-size: 1.75rem;
  line-height: 1.2;
  font-weight: 650;
  letter-spacing: -0.015em;
  text-wrap: balance;
}
h1:focus {
  outline: none;
}
:lang(ar) h1 {
  letter-spacing: normal;
}
h2 {
  margin: 0;
  font-size: 1rem;
  font-weight: 600;
}
p {
  margin: 0;
}
.bar {
  display: flex;
  align-items: center;
  gap: 0.75rem;
  min-height: 3.25rem;
  padding: 0.25rem max(1.25rem, env(safe-area-inset-right)) 0.25rem max(1.25rem, env(safe-area-inset-left));
  background: var(--surface);
  border-bottom: 1px solid var(--line);
  font-weight: 600;
  overflow-wrap: anywhere;
}
.bar img {
  display: block;
  height: 2rem;
  max-width: 9rem;
  object-fit: contain;
}
.bar > span {
  min-width: 0;
}
.languages {
  position: relative;
  flex: none;
  margin-inline-start: auto;
  font-weight: 400;
  font-size: 0.9375rem;
}
.languages summary {
  display: flex;
  align-items: center;
  gap: 0.375rem;
  min-height: 2.75rem;
  padding-inline: 0.5rem;
  border-radius: 0.5rem;
  color: var(--soft);
  cursor: pointer;
  list-style: none;
}
.languages summary::-webkit-details-marker {
  display: none;
}
.languages summary:hover,
.languages a:hover {
  background: var(--sunken);
}
.languages .icon {
  width: 1.25rem;
  height: 1.25rem;
  color: inherit;
}
.languages ul {
  position: absolute;
  inset-inline-end: 0;
  z-index: 2;
  min-width: 10rem;
  margin: 0.25rem 0 0;
  padding: 0.25rem;
  border: 1px solid var(--line);
  border-radius: 0.75rem;
  background: var(--surface);
  box-shadow: var(--shadow);
  list-style: none;
}
.languages a {
  display: flex;
  align-items: center;
  min-height: 2.75rem;
  padding-inline: 0.75rem;
  border-radius: 0.5rem;
  color: var(--text);
  text-decoration: none;
}
.languages [aria-current] {
  font-weight: 600;
}
/* Another language would be another page, and what the person has done in the client would be gone. */
[data-showing='frame'] .languages,
[data-showing='frame'] .lean {
  display: none;
}
main {
  display: grid;
  grid-row: 2;
  min-width: 0;
}
.icon {
  flex: none;
  width: 1.5rem;
  height: 1.5rem;
  color: var(--accent);
}
.actions {
  display: flex;
  flex-direction: column;
  gap: 0.625rem;
  width: 100%;
}
.main,
.plain {
  display: flex;
  align-items: center;
  justify-content: center;
  min-height: 3.25rem;
  padding: 0.625rem 1.5rem;
  border: 1px solid transparent;
  border-radius: 0.75rem;
  font: inherit;
  font-weight: 600;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
.main {
  background: var(--fill);
  color: var(--on-fill);
  font-size: 1.0625rem;
}
.main:hover {
  filter: brightness(0.94);
}
.plain {
  background: transparent;
  border-color: var(--line);
  color: var(--text);
}
.plain:hover {
  background: var(--sunken);
}
:focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 2px;
}
.hint {
  color: var(--soft);
  font-size: 0.875rem;
  text-align: center;
}
.hint:empty {
  display: none;
}
.alert {
  padding: 0.75rem 1rem;
  border-radius: 0.75rem;
  background: var(--warn-soft);
  color: var(--warn);
}
.badge {
  display: grid;
  place-items: center;
  width: 4rem;
  height: 4rem;
  border-radius: 50%;
  background: var(--sunken);
}
.badge .icon {
  width: 2.25rem;
  height: 2.25rem;
  stroke-width: 2;
}
.good {
  background: var(--good-soft);
}
.good .icon {
  color: var(--good);
}
.warn {
  background: var(--warn-soft);
}
.warn .icon {
  color: var(--warn);
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;
