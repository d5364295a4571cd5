import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookup } from 'node:dns/promises';
import { StubDns } from '../../test/support/stub-dns.js';
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
    expect(await classOf(strict, `https://127.0.0.1:${port}/ok`)).toBe('address_refused');
    expect(await classOf(strict, `https://localhost:${port}/ok`)).toBe('address_refused');
  });
});

describe('the name of a receiver', () => {
  const rules = new AddressRules(['127.0.0.0/8']);
  /** More than there are threads for the system's look-ups. */
  const STUCK = 16;
  const stuckNames = new Set<string>();
  let allStuck = () => {};
  let dns: StubDns;

  beforeAll(async () => {
    dns = await StubDns.start((name, family) => {
      if (name.startsWith('stuck') && stuckNames.add(name).size === STUCK) allStuck();
      if (name.startsWith('stuck')) return 'silent';
      if (name === 'silent.example') return 'silent';
      if (name === 'half.example' && family === 6) return 'silent';
      return name === 'unknown.invalid' ? 'unknown' : [{ address: '127.0.0.1' }];
    });
  });
  afterAll(() => dns.close());

  const classOf = async (client: WebhookClient, name: string) => {
    const { errorClass } = await client.post(`http://${name}:${new URL(origin).port}/ok`, {}, '{}');
    return errorClass;
  };

  it.each([
    ['that is known', 'known.example', null],
    ['of which nobody says whether it has addresses of the other family', 'half.example', null],
    ['that nobody knows', 'unknown.invalid', 'dns'],
    ['whose name server says nothing', 'silent.example', 'dns'],
    ['that is of this machine, and that no name server is asked for', 'localhost', null],
  ])('%s', async (_, name, expected) => {
    const client = new WebhookClient(rules, {}, dns.resolver());
    expect(await classOf(client, name)).toBe(expected);
  });

  it('I6 keeps no other look-up of the process waiting when its name server says nothing', async () => {
    const resolver = dns.resolver(60_000);
    const client = new WebhookClient(rules, { connectMs: 60_000, deadlineMs: 60_000 }, resolver);
    let ended = 0;
    const asked = new Promise<void>((resolve) => (allStuck = resolve));
    const stuck = Array.from({ length: STUCK }, async (_, n) => {
      const errorClass = await classOf(client, `stuck-${n}.example`);
      ended += 1;
      return errorClass;
    });
    await asked;
    await lookup('localhost');
    expect(ended).toBe(0);
    resolver.cancel();
    expect(new Set(await Promise.all(stuck))).toEqual(new Set(['dns']));
  });
});
