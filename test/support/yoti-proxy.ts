import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { TestApp } from './app.js';
import type { Any } from './client.js';

/** What one session told Yoti about where to send its notifications. */
export interface NotificationTarget {
  endpoint: string;
  token: string;
}

/** Answers a request in Yoti's place. */
export type YotiAnswer = (response: ServerResponse) => void;

/** An answer with this status, and JSON as its body. */
export const answering =
  (status: number, body: object = {}, headers: Record<string, string> = {}): YotiAnswer =>
  (response) =>
    void response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(JSON.stringify(body));

/** The calls of Yoti's API that can be answered wrongly, and how to know them. */
const calls = {
  create: { method: 'POST', path: /\/sessions$/ },
  read: { method: 'GET', path: /\/sessions\/[^/]+$/ },
  delete: { method: 'DELETE', path: /\/sessions\/[^/]+$/ },
  media: { method: 'GET', path: /\/media\/[^/]+\/content$/ },
  'supported documents': { method: 'GET', path: /\/supported-documents$/ },
} as const;
export type YotiCallName = keyof typeof calls;

/** Stands between the server and the simulator: sees what is sent, and answers wrongly when told to. */
export interface YotiProxy {
  /** In the simulator's place: what credentials and tests name. */
  baseUrl: string;
  /** Where the session created last has its notifications sent. */
  lastTarget(): NotificationTarget;
  /** What Yoti was asked for the session created last. */
  lastSpecification(): Any;
  /** From now on answers creations of sessions like this instead of passing them on; undefined ends it. */
  answerCreations(answer: YotiAnswer | undefined): void;
  /** From now on answers such calls like this instead of passing them on; undefined ends it. */
  answer(call: YotiCallName, answer: YotiAnswer | undefined): void;
  /** How many such calls it has answered like that. */
  count(call: YotiCallName): number;
  /** Paths of all such calls, passed on or not, in order and without their query. */
  paths(call: YotiCallName): string[];
  /** How many connections are open to it. */
  connections(): number;
  close(): Promise<void>;
}

/** The same app, reaching the simulator through the proxy. Its credentials may name the proxy only. */
export const through = (app: TestApp, proxy: YotiProxy): TestApp => ({
  ...app,
  simulator: { ...app.simulator, baseUrl: proxy.baseUrl },
});

/** @param target origin of the simulator, known only after the proxy's address is */
export async function startYotiProxy(target: () => string): Promise<YotiProxy> {
  let last: Any;
  const answers = new Map<YotiCallName, YotiAnswer>();
  const counts = new Map<YotiCallName, number>();
  const seen: { call: YotiCallName; path: string }[] = [];
  const sockets = new Set<Socket>();
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const call = nameOf(request);
    if (call) seen.push({ call, path: pathOf(request) });
    if (call === 'create') last = notifying(body) ?? last;
    const answer = call && answers.get(call);
    if (answer) {
      counts.set(call, (counts.get(call) ?? 0) + 1);
      return answer(response);
    }
    const { method, headers } = request;
    const onward = httpRequest(new URL(request.url ?? '', target()), { method, headers }, (passed) => {
      response.writeHead(passed.statusCode ?? 502, passed.headers);
      passed.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  };
  const server = createServer((request, response) => void handle(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const lastSpecification = () => {
    if (!last) throw new Error('No session has been created.');
    return last;
  };
  const tell = (call: YotiCallName, answer: YotiAnswer | undefined) => {
    if (answer) answers.set(call, answer);
    else answers.delete(call);
  };
  return {
    baseUrl: `http://127.0.0.1:${port}/idverify/v1`,
    lastTarget: () => {
      const { endpoint, auth_token: token } = lastSpecification().notifications;
      return { endpoint, token };
    },
    lastSpecification,
    answerCreations: (answer) => tell('create', answer),
    answer: tell,
    count: (call) => counts.get(call) ?? 0,
    paths: (call) => seen.filter((each) => each.call === call).map(({ path }) => path),
    connections: () => sockets.size,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/\?.*/s, '');

function nameOf(request: IncomingMessage): YotiCallName | undefined {
  const path = pathOf(request);
  const names = Object.keys(calls) as YotiCallName[];
  return names.find((name) => calls[name].method === request.method && calls[name].path.test(path));
}

/** Undefined for the session of a credential's check, which notifies nobody. */
function notifying(body: Buffer): Any {
  const specification: Any = JSON.parse(body.toString('utf8'));
  return specification.notifications ? specification : undefined;
}
