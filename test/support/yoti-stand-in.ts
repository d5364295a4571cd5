import { type KeyObject, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Logger } from '@nestjs/common';
import { compileSpecification } from '../../src/yoti/compile-specification.js';
import type { YotiConnection } from '../../src/yoti/transport.js';
import type { TransportOptions } from '../../src/yoti/transport-options.js';
import { YotiClient } from '../../src/yoti/yoti-client.js';
import { YotiError } from '../../src/yoti/yoti-error.js';

export const sdkId = '11111111-1111-4111-8111-111111111111';
export const sessionId = '22222222-2222-4222-8222-222222222222';
export const mediaId = '33333333-3333-4333-8333-333333333333';

export const { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync(
  'rsa',
  { modulusLength: 2048 },
);

export const specification = compileSpecification(
  {
    documents: [],
    checks: [{ type: 'LIVENESS', livenessType: 'ZOOM' }],
    tasks: [],
    capture: { methods: 'CAMERA' },
    client: { brandId: 'Größe ✓' },
    limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 604800 },
  },
  { userTrackingId: 'x' },
);

/** A request as it arrived. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** How the stand-in answers; `count` is 1 for the first request. */
export type Answer = (response: ServerResponse, request: Received, count: number) => void;

let closers: (() => Promise<unknown>)[] = [];

/** Ends every stand-in and client of the test. */
export async function closeAll(): Promise<void> {
  const closing = closers.toReversed();
  closers = [];
  for (const close of closing) await close();
}

/** A server in Yoti's place that answers as told, badly if need be, and a client of it. */
export async function yotiThat(answer: Answer, options: Partial<TransportOptions> = {}) {
  const requests: Received[] = [];
  const sockets = new Set<Socket>();
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = request;
    const received = { method, url, headers, body: await buffer(request) };
    requests.push(received);
    answer(response, received, requests.length);
  };
  const server = createServer((request, response) => void receive(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const connection = await listen(server, () => server.closeAllConnections());
  return { client: clientWith(options), connection, requests, sockets };
}

/** A client that is closed with the test, and says nothing on the way. */
export function clientWith(options: Partial<TransportOptions>): YotiClient {
  Logger.overrideLogger(false);
  const client = new YotiClient({ backoffMs: 5, ...options });
  closers.push(() => client.onApplicationShutdown());
  return client;
}

/** Starts a server on a free port, and tells how to reach it as Yoti. */
export async function listen(server: Server, disconnect: () => void = () => {}): Promise<YotiConnection> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    disconnect();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { tenantId: 't', sdkId, privateKey, apiUrl: `http://127.0.0.1:${port}/idverify/v1/` };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** Answers the creation of a session as Yoti does. */
export const created: Answer = (response) =>
  json(response, 201, {
    session_id: sessionId,
    client_session_token: '44444444-4444-4444-8444-444444444444',
    client_session_token_ttl: 899,
  });

/** The `YotiError` that a call ends with; fails the test for anything else. */
export async function failureOf(promise: Promise<unknown>): Promise<YotiError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof YotiError)) throw new Error(`expected a YotiError, got ${String(error)}`);
  return error;
}
