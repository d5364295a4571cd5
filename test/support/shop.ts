import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Shop</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/shop.css"><script type="module" src="/shop.js"></script></head>
<body><main><h1>Shop</h1><div id="box"></div></main></body></html>`;

/** What a tenant writes into its own page; at `/embedding` the options come as JSON in the fragment. */
const script = (serverUrl: string) => `
import { mountVerification } from '${serverUrl}/embed/countersign.js';
window.heard = [];
if (location.pathname === '/embedding') {
  const options = JSON.parse(decodeURIComponent(location.hash.slice(1)));
  const onEvent = (event) => window.heard.push(event);
  window.verification = mountVerification({ container: '#box', onEvent, ...options });
}`;

/** A tenant's own site, which embeds the hosted page under a strict content security policy of its own. */
export class Shop {
  private constructor(
    private readonly server: Server,
    /** The same site under two origins. */
    readonly url: string,
    readonly otherUrl: string,
  ) {}

  static async start(serverUrl: string): Promise<Shop> {
    const policy =
      `default-src 'none'; script-src 'self' ${serverUrl}; style-src 'self'; img-src data:; ` +
      `frame-src ${serverUrl}`;
    const files: Record<string, [type: string, content: string]> = {
      '/shop.css': ['text/css', 'body { margin: 0 } #box { height: 44rem }'],
      '/shop.js': ['text/javascript', script(serverUrl)],
    };
    const server = createServer(({ url }, response) => {
      const [type, content] = files[url ?? ''] ?? ['text/html', PAGE];
      response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(content);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return new Shop(server, `http://127.0.0.1:${port}`, `http://localhost:${port}`);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
