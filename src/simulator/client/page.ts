import type { FastifyInstance, FastifyReply } from 'fastify';
import { browserModule, BROWSER_MODULES } from './modules.js';
import { STYLE } from './style.js';

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Identity check (simulator)</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="client.css">
<script type="module" src="app.js"></script>
</head>
<body>
<div class="ribbon" role="note">Simulator: nobody is really verified here</div>
<main><noscript>This page needs JavaScript.</noscript></main>
<aside aria-label="Simulator"></aside>
<footer></footer>
</body>
</html>
`;

/** Framing by any site is the page's purpose; everything else stays shut. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

function send(reply: FastifyReply, type: string, content: string): FastifyReply {
  return reply
    .type(`${type}; charset=utf-8`)
    .header('cache-control', 'no-store')
    .header('content-security-policy', POLICY)
    .header('referrer-policy', 'no-referrer')
    .header('x-content-type-options', 'nosniff')
    .send(content);
}

/** The page, its style and its scripts: nothing comes from elsewhere. */
export function pageRoutes(app: FastifyInstance): void {
  app.get('/index.html', async (_request, reply) => send(reply, 'text/html', PAGE));
  app.get('/client.css', async (_request, reply) => send(reply, 'text/css', STYLE));
  for (const name of BROWSER_MODULES) {
    app.get(`/${name}.js`, async (_request, reply) =>
      send(reply, 'text/javascript', await browserModule(name)),
    );
  }
}
