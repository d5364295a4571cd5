import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressRules } from './address-guard.js';
import { WebhookClient } from './webhook-client.js';

const opened = new WebhookClient(new AddressRules(['127.0.0.0/8', '::1/128']), {
  connectMs: 300,
  deadlineMs: 600,
});
const strict = new WebhookClient(new AddressRules([]));

const answers: Record<string, (response: ServerResponse) => void> = {
  '/ok': (response) => response.writeHead(200).end('thanks'),
  '/nul': (response) => response.writeHead(200).end(Buffer.from([0x61, 0x00, 0xff])),
  '/silent': () => undefined,
  '/moved': (response) => response.writeHead(302, { location: '/ok' }).end(),
  '/busy': (response) => response.writeHead(503, { 'retry-after': '120' }).end('later'),
  '/odd': (response) => response.writeHead(799).end(),
  '/broken': (response) => response.socket?.end('HTTP/9.9 what?\r\n\r\n'),
  '/reset': (response) => response.socket?.resetAndDestroy(),
  '/drip': (response) => {
    response.writeHead(200);
    response.write('so far');
  },
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('so far', () => response.socket?.destroy());
  },
  '/headers': (response) => response.writeHead(200, { 'x-large': 'x'.repeat(100_000) }).end(),
  '/endless': (response) => {
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', write);
    write();
  },
};

let server: Server;
let mute: TcpServer;
let origin: string;
let mutePort: number;
const requests: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answers[request.url ?? '']?.(response);
  });
  // Accepts connections and says nothing: a TLS handshake with it never ends.
  mute = createTcpServer((socket) => socket.on('error', () => undefined));
  await Promise.all([
    once(server.listen(0, '127.0.0.1'), 'listening'),
    once(mute.listen(0, '127.0.0.1'), 'listening'),
  ]);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mutePort = (mute.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  mute.close();
});

describe('one attempt to send an event', () => {
  it.each([
    ['/ok', 200, null, 'thanks'],
    ['/nul', 200, null, 'a\uFFFD\uFFFD'],
    ['/drip', 200, null, 'so far'],
    ['/cut', 200, null, 'so far'],
    ['/moved', 302, 'http_3xx', ''],
    ['/busy', 503, 'http_5xx', 'later'],
    ['/odd', 799, 'bad_response', ''],
    ['/silent', null, 'timeout', null],
    ['/broken', null, 'bad_response', null],
    ['/headers', null, 'bad_response', null],
    ['/reset', null, 'connect', null],
  ])('to %s: status %p, error %p', async (path, statusCode, errorClass, responseExcerpt) => {
    await expect(opened.post(`${origin}${path}`, {}, '{}')).resolves.toMatchObject({
      statusCode,
      errorClass,
      responseExcerpt,
    });
  });

  it('follows no redirect', () => {
    expect(requests.filter((path) => path === '/ok')).toHaveLength(1);
  });

  it('tells how long the receiver wants to be left alone', async () => {
    await expect(opened.post(`${origin}/busy`, {}, '{}')).resolves.toMatchObject({ retryAfterSeconds: 120 });
  });

  it('reads no more of an endless answer than it keeps, and hangs up', async () => {
    const hungUp = new Promise((resolve) =>
      server.once('connection', (socket) => socket.once('close', resolve)),
    );
    const { statusCode, errorClass, responseExcerpt } = await opened.post(`${origin}/endless`, {}, '{}');
    expect({ statusCode, errorClass }).toEqual({ statusCode: 200, errorClass: null });
    expect(responseExcerpt).toBe('x'.repeat(2048));
    await hungUp;
  });

  it('names what keeps it from an answer', async () => {
    const { port } = new URL(origin);
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: closedPort } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const classOf = async (client: WebhookClient, url: string) =>
      (await client.post(url, {}, '{}')).errorClass;
    expect(await classOf(opened, `http://127.0.0.1:${closedPort}/`)).toBe('connect');
    expect(await classOf(opened, `https://127.0.0.1:${port}/`)).toBe('tls');
    expect(await classOf(opened, `https://127.0.0.1:${mutePort}/`)).toBe('timeout');
    expect(await classOf(opened, 'https://receiver.invalid/')).toBe('dns');
    expect(await classOf(strict, `https://127.0.0.1:${port}/ok`)).toBe('address_refused');
    expect(await classOf(strict, `https://localhost:${port}/ok`)).toBe('address_refused');
  });
});
