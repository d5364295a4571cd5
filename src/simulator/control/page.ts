import type { FastifyInstance, FastifyReply } from 'fastify';
import { browserModule } from '../client/modules.js';
import { STYLE } from './style.js';

/** The modules of `browser/`, as the page imports them. */
const MODULES = [
  'actions',
  'api',
  'app',
  'apps',
  'faults',
  'html',
  'parts',
  'scenarios',
  'sessions',
  'state',
  'traffic',
];
const FOLDER = new URL('./browser/', import.meta.url);

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Yoti simulator</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/control/page.css">
<script type="module" src="/control/app.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header>
<div class="ribbon">Simulator: nobody is really verified here</div>
<div class="bar"><h1>Yoti simulator</h1><div id="clock" class="clock"></div></div>
<nav aria-label="Views"></nav>
</header>
<p id="offline" class="offline" role="alert" hidden></p>
<main id="main" tabindex="-1"><noscript>This page needs JavaScript.</noscript></main>
<div id="note" class="note" role="status"></div>
</body>
</html>
`;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; " +
  "form-action 'none'; frame-ancestors 'none'";

const send = (reply: FastifyReply, type: string, content: string) =>
  reply
    .type(`${type}; charset=utf-8`)
    .header('content-security-policy', POLICY)
    .header('referrer-policy', 'no-referrer')
    .send(content);

/** The developer's page, its style and its scripts: nothing comes from elsewhere. */
export function controlPage(app: FastifyInstance): void {
  app.get('/', async (_request, reply) => send(reply, 'text/html', PAGE));
  app.get('/page.css', async (_request, reply) => send(reply, 'text/css', STYLE));
  for (const name of MODULES) {
    app.get(`/${name}.js`, async (_request, reply) =>
      send(reply, 'text/javascript', await browserModule(name, FOLDER)),
    );
  }
}
