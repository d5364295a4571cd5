import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestApp } from './app.js';

/** What one session told Yoti about where to send its notifications. */
export interface NotificationTarget {
  endpoint: string;
  token: string;
}

/** Stands between the server and the simulator: sees what is sent, and answers wrongly when told to. */
export interface YotiProxy {
  /** In the simulator's place: what credentials and tests name. */
  baseUrl: string;
  /** Where the session created last has its notifications sent. */
  lastTarget(): NotificationTarget;
  /** From now on answers creations of sessions like this instead of passing them on; undefined ends it. */
  answerCreations(answer: ((response: ServerResponse) => void) | undefined): void;
  close(): Promise<void>;
}

/** The same app, reaching the simulator through the proxy. Its credentials may name the proxy only. */
export const through = (app: TestApp, proxy: YotiProxy): TestApp => ({
  ...app,
  simulator: { ...app.simulator, baseUrl: proxy.baseUrl },
});

/** @param target origin of the simulator, known only after the proxy's address is */
export async function startYotiProxy(target: () => string): Promise<YotiProxy> {
  let last: NotificationTarget | undefined;
  let misbehave: ((response: ServerResponse) => void) | undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const creates = request.method === 'POST' && /\/sessions\?/.test(request.url ?? '');
    if (creates) last = targetOf(body) ?? last;
    if (creates && misbehave) return misbehave(response);
    const { method, headers } = request;
    const onward = httpRequest(new URL(request.url ?? '', target()), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/idverify/v1`,
    lastTarget: () => {
      if (!last) throw new Error('No session has been created.');
      return last;
    },
    answerCreations: (answer) => {
      misbehave = answer;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Undefined for the session of a credential's check, which notifies nobody. */
function targetOf(body: Buffer): NotificationTarget | undefined {
  const { notifications } = JSON.parse(body.toString('utf8')) as {
    notifications?: { endpoint: string; auth_token: string };
  };
  return notifications && { endpoint: notifications.endpoint, token: notifications.auth_token };
}
