/** Style sheet of the hosted page. The tenant's colours are in a sheet of their own. */
export const style = /* css */ `
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
  padding: 0.625rem max(1.25rem, env(safe-area-inset-left));
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
main {
  display: grid;
  grid-row: 2;
  min-width: 0;
}
.card {
  display: flex;
  flex-direction: column;
  gap: 1rem;
  padding: 1.75rem 1.25rem calc(0.5rem + env(safe-area-inset-bottom));
}
.lead {
  display: flex;
  flex-direction: column;
  gap: 1rem;
  flex: 1;
  min-width: 0;
}
.from {
  margin-bottom: -0.5rem;
  color: var(--accent);
  font-size: 0.9375rem;
  font-weight: 600;
}
.purpose {
  color: var(--soft);
  font-size: 1.0625rem;
  white-space: pre-line;
  overflow-wrap: anywhere;
}
.lead h2 {
  margin-top: 0.5rem;
}
.needs {
  display: grid;
  gap: 1rem;
  margin: 0;
  padding: 0;
  list-style: none;
}
.needs li {
  display: flex;
  gap: 0.875rem;
}
.needs strong {
  display: block;
  font-weight: 600;
}
.needs span {
  color: var(--soft);
  font-size: 0.9375rem;
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
/* In reach of the thumb, however long the purpose is. */
.lead .actions {
  position: sticky;
  bottom: 0;
  margin-top: auto;
  padding-block: 0.75rem;
  background: var(--surface);
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
.privacy {
  display: flex;
  gap: 0.625rem;
  color: var(--soft);
  font-size: 0.8125rem;
  line-height: 1.45;
}
.privacy .icon {
  width: 1.125rem;
  height: 1.125rem;
  margin-top: 0.0625rem;
  color: inherit;
}
.alert {
  padding: 0.75rem 1rem;
  border-radius: 0.75rem;
  background: var(--warn-soft);
  color: var(--warn);
}
.code {
  display: block;
  width: 11rem;
  height: 11rem;
  padding: 0.25rem;
  border-radius: 0.75rem;
  background: #ffffff;
}
/* The code is for the phone of somebody who sits at another screen. */
.phone {
  display: none;
}
.centred {
  align-items: center;
  justify-content: center;
  text-align: center;
}
.centred > p {
  max-width: 26rem;
  color: var(--soft);
}
.centred > .actions {
  max-width: 22rem;
  margin-top: 0.5rem;
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
  width: 2rem;
  height: 2rem;
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
.stage {
  position: relative;
  display: grid;
  min-height: 0;
}
[data-showing='frame'] {
  height: 100dvh;
}
#frame,
#frame iframe {
  display: block;
  width: 100%;
  height: 100%;
  border: 0;
}
.connecting {
  position: absolute;
  inset: 0;
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  gap: 1rem;
  background: var(--surface);
  color: var(--soft);
}
.spinner {
  width: 2.25rem;
  height: 2.25rem;
  border: 3px solid var(--line);
  border-top-color: var(--accent);
  border-radius: 50%;
  animation: turn 0.9s linear infinite;
}
.pulse {
  animation: pulse 1.8s ease-in-out infinite;
}
@keyframes turn {
  to {
    transform: rotate(1turn);
  }
}
@keyframes pulse {
  50% {
    transform: scale(1.06);
  }
}
.unseen {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (min-width: 48rem) {
  body {
    background: var(--page);
  }
  .bar {
    padding-inline: 2rem;
  }
  main {
    padding: 2rem;
  }
  .card {
    place-self: center;
    width: 100%;
    max-width: 34rem;
    padding: 2.5rem;
    border: 1px solid var(--line);
    border-radius: 1.25rem;
    background: var(--surface);
    box-shadow: var(--shadow);
  }
  .lead .actions {
    position: static;
    margin-top: 0;
    padding-block: 0.5rem 0;
  }
  [data-showing='frame'] main {
    padding: 0;
  }
  .stage {
    min-height: 605px;
  }
}
@media (min-width: 48rem) and (not (pointer: coarse)) {
  .wide {
    flex-direction: row;
    gap: 0;
    max-width: 58rem;
    padding: 0;
    overflow: hidden;
  }
  .wide .lead {
    padding: 2.5rem;
  }
  .phone {
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    gap: 1rem;
    text-align: center;
  }
  .wide .phone {
    flex: none;
    width: 18rem;
    padding: 2rem;
    background: var(--sunken);
    border-left: 1px solid var(--line);
  }
  .phone p {
    color: var(--soft);
    font-size: 0.875rem;
  }
  .centred .code {
    border: 1px solid var(--line);
  }
}
@media (prefers-reduced-motion: reduce) {
  .pulse {
    animation: none;
  }
  .spinner {
    animation-duration: 3s;
  }
}
`;
