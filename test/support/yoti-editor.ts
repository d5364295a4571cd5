import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Any } from './client.js';

/** Changes an answer on its way: `undefined` leaves it as it is. The path is without base and query. */
export type Edit = (path: string, body: Any) => { status?: number; type?: string; body: unknown } | undefined;

/** Stands between the server and the simulator, and changes the JSON that Yoti answers to reads. */
export interface YotiEditor {
  /** In the simulator's place: what credentials and tests name. */
  baseUrl: string;
  /** Paths that were read, in order. */
  reads: string[];
  /** From now on answers are changed like this; undefined ends it. */
  edit(change: Edit | undefined): void;
  close(): Promise<void>;
}

/** @param target origin of the simulator, known only after the editor's address is */
export async function startYotiEditor(target: () => string): Promise<YotiEditor> {
  const reads: string[] = [];
  let change: Edit | undefined;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await buffer(request);
    const { method = 'GET', headers, url = '' } = request;
    const path = url.replace(/\?.*$/, '').replace(/^\/idverify\/v1/, '');
    if (method === 'GET') reads.push(path);
    const onward = httpRequest(new URL(url, target()), { method, headers }, (answer) => {
      void buffer(answer).then((bytes) => {
        const json = method === 'GET' && /json/.test(answer.headers['content-type'] ?? '');
        const edited = json ? change?.(path, JSON.parse(bytes.toString())) : undefined;
        const type = { 'content-type': edited?.type ?? 'application/json' };
        if (edited) response.writeHead(edited.status ?? 200, type).end(JSON.stringify(edited.body));
        else response.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes);
      });
    });
    onward.on('error', () => response.destroy());
    onward.end(sent);
  };
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/idverify/v1`,
    reads,
    edit: (next) => {
      change = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
