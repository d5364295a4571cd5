import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { AddressRules } from '../../src/webhooks/address-guard.js';
import { WebhookClient } from '../../src/webhooks/webhook-client.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createTenant, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { StubDns, type DnsAnswer, type DnsRecord } from '../support/stub-dns.js';
import { attempted, createEndpoint, sendTest } from '../support/webhooks.js';

/** As many endpoints as a tenant may have. */
const ENDPOINTS = 20;
const TRIES = 50;

/** A server that nobody outside may reach, and how often somebody did. */
interface Listener {
  port: number;
  connections: number;
  close(): Promise<void>;
}

async function listen(host: string, wanted = 0): Promise<Listener> {
  const server: Server = createServer((_, response) => response.end('reached'));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(wanted, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  const listener: Listener = { port, connections: 0, close };
  server.on('connection', () => (listener.connections += 1));
  return listener;
}

/** Every way to write an address that webhooks may not reach. */
const FORBIDDEN: [string, (port: number) => string][] = [
  ['dotted', (port) => `https://127.0.0.1:${port}/`],
  ['dotted, on the usual port', () => 'https://127.0.0.1/'],
  ['decimal', (port) => `https://2130706433:${port}/`],
  ['hexadecimal', (port) => `https://0x7f000001:${port}/`],
  ['hexadecimal in parts', (port) => `https://0x7f.0x0.0x0.0x1:${port}/`],
  ['octal', (port) => `https://0177.0.0.1:${port}/`],
  ['octal in one', (port) => `https://017700000001:${port}/`],
  ['short', (port) => `https://127.1:${port}/`],
  ['nothing', (port) => `https://0:${port}/`],
  ['full-width digits', (port) => `https://１２７.０.０.１:${port}/`],
  ['full-width dots', (port) => `https://127。0。0。1:${port}/`],
  ['escaped', (port) => `https://%31%32%37.0.0.1:${port}/`],
  ['with a final dot', (port) => `https://127.0.0.1.:${port}/`],
  ['by name', (port) => `https://localhost:${port}/`],
  ['without TLS', (port) => `http://127.0.0.1:${port}/`],
  ['IPv6', (port) => `https://[::1]:${port}/`],
  ['IPv6, unspecified', (port) => `https://[::]:${port}/`],
  ['IPv4-mapped', (port) => `https://[::ffff:127.0.0.1]:${port}/`],
  ['IPv4-mapped in hexadecimal', (port) => `https://[::ffff:7f00:1]:${port}/`],
  ['IPv4-compatible', (port) => `https://[::127.0.0.1]:${port}/`],
  ['NAT64', () => 'https://[64:ff9b::127.0.0.1]/'],
  ['6to4', () => 'https://[2002:7f00:1::1]/'],
  ['Teredo', () => 'https://[2001:0:7f00:1::1]/'],
  ['cloud metadata', () => 'https://169.254.169.254/latest/meta-data/'],
  ['cloud metadata in decimal', () => 'https://2852039166/'],
  ['cloud metadata, IPv6', () => 'https://[fd00:ec2::254]/'],
  ['carrier-grade NAT', () => 'https://100.64.0.1/'],
  ['private', () => 'https://10.0.0.1/'],
  ['private', () => 'https://172.16.0.1/'],
  ['private', () => 'https://192.168.0.1/'],
  ['unique local', () => 'https://[fd00::1]/'],
  ['link local', () => 'https://[fe80::1]/'],
  ['multicast', () => 'https://224.0.0.1/'],
  ['a user name', () => 'https://user@8.8.8.8/'],
  ['a user name that looks like the host', (port) => `https://hooks.example@127.0.0.1:${port}/`],
  ['a password', () => 'https://user:password@8.8.8.8/'],
  ['an odd port', () => 'https://8.8.8.8:22/'],
  ['an odd port of a name', () => 'https://hooks.example:6379/'],
  ['a public address without TLS', () => 'http://8.8.8.8/'],
];

describe('row 26: addresses that webhooks may not reach', () => {
  let app: TestApp;
  let listeners: Listener[];
  const tenants: TestTenant[] = [];

  beforeAll(async () => {
    app = await startTestApp({ config: { webhookAllowedNetworks: [] } });
    const internal = await listen('127.0.0.1');
    listeners = [internal];
    for (let made = 0; made < FORBIDDEN.length; made += ENDPOINTS) tenants.push(await createTenant(app));
  });

  afterEach(() => expectInvariants(app));

  afterAll(async () => {
    for (const listener of listeners) await listener.close();
    await app.stop();
  });

  const port = () => listeners[0]!.port;

  it('are refused when an endpoint is saved, and when it is changed', async () => {
    const [tenant] = tenants as [TestTenant];
    const endpoint = await createEndpoint(tenant, 'https://hooks.example/');
    for (const [form, urlAt] of FORBIDDEN) {
      const body = { url: urlAt(port()), events: ['policy.published'] };
      const made = await tenant.key.post('/v1/webhook-endpoints', body);
      const changed = await tenant.key.patch(`/v1/webhook-endpoints/${endpoint.id}`, { url: body.url });
      for (const { status, body: problem } of [made, changed]) {
        expect([form, body.url, status, problem.code]).toEqual([form, body.url, 400, 'invalid_request']);
      }
    }
    await tenant.key.delete(`/v1/webhook-endpoints/${endpoint.id}`);
  });

  it('are refused when something is sent, however they came to be stored', async () => {
    for (const [n, [form, urlAt]] of FORBIDDEN.entries()) {
      const tenant = tenants[Math.floor(n / ENDPOINTS)]!;
      const endpoint = await createEndpoint(tenant, 'https://hooks.example/');
      await app.sql('UPDATE webhook_endpoints SET url = $2 WHERE id = $1', [endpoint.id, urlAt(port())]);
      const { id } = await sendTest(tenant, endpoint);
      const { attempts } = await attempted(tenant, id as string);
      expect([form, attempts[0]]).toEqual([
        form,
        expect.objectContaining({ statusCode: null, errorClass: 'address_refused' }),
      ]);
    }
    expect(listeners.map(({ connections }) => connections)).toEqual([0]);
  });
});

describe('row 27: names that lead inside', () => {
  /** Where the operator lets webhooks go: in the place of the public internet, which no test reaches. */
  const PUBLIC = '127.0.0.2';
  const INSIDE = '127.0.0.1';
  const rules = new AddressRules([`${PUBLIC}/32`]);
  let inside: Listener;
  let open: Listener;

  beforeAll(async () => {
    inside = await listen(INSIDE);
    open = await listen(PUBLIC, inside.port);
  });

  afterAll(async () => {
    await inside.close();
    await open.close();
  });

  /** Sends many times to a name that resolves as `answer` says. @returns what came of each */
  async function send(answer: DnsAnswer): Promise<string[]> {
    const dns = await StubDns.start(answer);
    const client = new WebhookClient(rules, undefined, dns.resolver());
    const outcomes: string[] = [];
    for (let n = 0; n < TRIES; n += 1) {
      const url = `http://hooks.example:${inside.port}/`;
      const { statusCode, errorClass } = await client.post(url, {}, '{}');
      outcomes.push(statusCode === null ? String(errorClass) : String(statusCode));
    }
    await dns.close();
    return outcomes;
  }

  it('row 27: a name that alternates between a public and an inner address reaches the public one only', async () => {
    const outcomes = await send((_name, _family, n) => [{ address: n % 2 === 1 ? PUBLIC : INSIDE }]);
    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(TRIES / 2);
    expect(outcomes.filter((outcome) => outcome === 'address_refused')).toHaveLength(TRIES / 2);
    expect([inside.connections, open.connections]).toEqual([0, TRIES / 2]);
  });

  it.each<[string, DnsRecord[]]>([
    ['a public address first and an inner one behind', [{ address: PUBLIC }, { address: INSIDE }]],
    ['an inner one first', [{ address: INSIDE }, { address: PUBLIC }]],
    ['an inner one of the other family', [{ address: PUBLIC }, { address: '::1' }]],
    ['an inner one in a mapped form', [{ address: PUBLIC }, { address: '::ffff:127.0.0.1' }]],
    ['what an alias to an inner name ends at', [{ alias: 'inside.example' }, { address: INSIDE }]],
  ])('row 27: a name that resolves to %s reaches nothing', async (_, records) => {
    const before = [inside.connections, open.connections];
    expect(new Set(await send(() => records))).toEqual(new Set(['address_refused']));
    expect([inside.connections, open.connections]).toEqual(before);
  });
});
