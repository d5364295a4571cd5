import { createHash } from 'node:crypto';

const POLL_MS = 2000;

const style = `
  :root { color-scheme: light dark; --line: light-dark(#d5d9e0, #3a4150); --soft: light-dark(#f5f6f8, #1b1f27);
    --good: light-dark(#0b6b3a, #6ee7a8); --bad: light-dark(#a3161b, #ff9a9a); --muted: light-dark(#566072, #a3adbd); }
  * { box-sizing: border-box; }
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 64rem; padding: 2rem 1rem;
    background: light-dark(#fff, #12151b); color: light-dark(#1a1f29, #e8ebf0); }
  h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
  p { margin: 0 0 1.5rem; color: var(--muted); max-width: 46rem; }
  ol { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 8px; }
  li + li { border-top: 1px solid var(--line); }
  summary { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: .65rem 1rem; cursor: pointer; }
  summary:hover { background: var(--soft); }
  :focus-visible { outline: 2px solid light-dark(#1d4ed8, #93b4ff); outline-offset: -2px; border-radius: 8px; }
  .type { font-weight: 600; min-width: 12rem; }
  .good { color: var(--good); } .bad { color: var(--bad); }
  time { margin-left: auto; color: var(--muted); font-variant-numeric: tabular-nums; }
  pre { margin: 0; padding: .75rem 1rem 1rem; overflow: auto; background: var(--soft); font-size: .85rem; }
  #empty { padding: 2rem 1rem; text-align: center; color: var(--muted); border: 1px dashed var(--line); border-radius: 8px; }
  [hidden] { display: none; }`;

const script = `
  const list = document.querySelector('ol');
  const empty = document.querySelector('#empty');
  let shown = '';
  const element = (name, text, className) => {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const keyOf = (event) => event.receivedAt + ' ' + event.webhookId;
  function row(event, open) {
    const details = document.createElement('details');
    details.dataset.key = keyOf(event);
    details.open = open.has(details.dataset.key);
    const time = element('time', new Date(event.receivedAt).toLocaleTimeString());
    time.dateTime = event.receivedAt;
    const summary = document.createElement('summary');
    summary.append(element('span', event.type ?? 'not an event', 'type'),
      element('span', event.verified ? '✓ signature verified' : '✗ not signed by a known secret', event.verified ? 'good' : 'bad'), time);
    const body = element('pre', JSON.stringify(event.body, null, 2));
    body.tabIndex = 0;
    details.append(summary, body);
    const item = document.createElement('li');
    item.append(details);
    return item;
  }
  async function refresh() {
    const answer = await fetch('events');
    const { items } = await answer.json();
    const now = items.map(keyOf).join();
    if (now === shown) return;
    shown = now;
    const open = new Set([...list.querySelectorAll('details[open]')].map((details) => details.dataset.key));
    const focused = document.activeElement?.closest('details')?.dataset.key;
    list.replaceChildren(...items.map((event) => row(event, open)));
    const again = [...list.querySelectorAll('details')].find((details) => details.dataset.key === focused);
    again?.querySelector('summary').focus();
    list.hidden = items.length === 0;
    empty.hidden = items.length > 0;
  }
  const poll = () => refresh().catch(() => undefined).finally(() => setTimeout(poll, ${POLL_MS}));
  poll();`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Content-Security-Policy of the page: its own script and style, and nothing else. */
export const SINK_POLICY = [
  "default-src 'none'",
  `script-src ${hashOf(script)}`,
  `style-src ${hashOf(style)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Lists the events; what they contain is only ever set as text. */
export const SINK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Webhook receiver · Countersign demo</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Webhook receiver</h1>
<p>Stands for your own system in the demo. It checks the Standard Webhooks signature of whatever it is sent and shows
the last hundred events, newest first.</p>
<ol hidden aria-label="Events received"></ol>
<div id="empty">No event has arrived yet.</div>
</main>
<script>${script}</script>
</body>
</html>
`;
