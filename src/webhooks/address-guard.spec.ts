import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'undici';
import { AddressRefused, AddressRules, guardedConnector } from './address-guard.js';

const strict = new AddressRules([]);
const opened = new AddressRules(['127.0.0.0/8', '10.1.0.0/16', 'fd00:1::/32']);

describe('which addresses webhooks may reach', () => {
  it.each([
    ['this network', '0.0.0.0'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['cloud metadata', '169.254.169.254'],
    ['cloud metadata', '100.100.100.200'],
    ['protocol assignments', '192.0.0.170'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.7'],
    ['documentation', '203.0.113.9'],
    ['6to4 relay', '192.88.99.1'],
    ['benchmarks', '198.19.255.255'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['IPv4-compatible', '::127.0.0.1'],
    ['IPv4-compatible', '::7f00:1'],
    ['IPv4-mapped', '::ffff:127.0.0.1'],
    ['IPv4-mapped', '::ffff:a9fe:a9fe'],
    ['IPv4-mapped', '::ffff:8.8.8.8'],
    ['IPv4-translated', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1'],
    ['local NAT64', '64:ff9b:1::1'],
    ['discard', '100::1'],
    ['Teredo', '2001:0:7f00:1::1'],
    ['ORCHID', '2001:20::1'],
    ['benchmarks', '2001:2::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['6to4 of a loopback', '2002:7f00:1::1'],
    ['unique local', 'fd00::1'],
    ['cloud metadata', 'fd00:ec2::254'],
    ['link local', 'fe80::1'],
    ['link local with a zone', 'fe80::1%eth0'],
    ['multicast', 'ff02::1'],
    ['outside of 2000::/3', '4000::1'],
    ['not an address', 'localhost'],
    ['not an address', ''],
  ])('refuses %s %s', (_, address) => {
    expect(strict.permits(address, true)).toBe(false);
    expect(strict.permits(address, false)).toBe(false);
  });

  it.each([
    '8.8.8.8',
    '100.63.255.255',
    '172.32.0.1',
    '192.0.1.1',
    '2606:4700::1111',
    '2a00:1450::1',
    '2001:200::1',
  ])('permits %s, with TLS only', (address) => {
    expect(strict.permits(address, true)).toBe(true);
    expect(strict.permits(address, false)).toBe(false);
  });

  it.each([
    ['127.0.0.1', true],
    ['::ffff:127.0.0.1', true],
    ['10.1.255.255', true],
    ['10.2.0.1', false],
    ['fd00:1::5', true],
    ['fd00:2::5', false],
    ['::127.0.0.1', false],
  ])('with opened networks, %s: %p, even without TLS', (address, expected) => {
    expect(opened.permits(address, false)).toBe(expected);
    expect(opened.permits(address, true)).toBe(expected);
  });
});

describe('which endpoint addresses are refused at once', () => {
  it.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://017700000001/',
    'https://127.1/',
    'https://127.0.1/',
    'https://0/',
    'https://127.0.0.1./',
    'https://1２7.0.0.1/',
    'https://①②⑦.0.0.1/',
    'https://127。0。0。1/',
    'https://%31%32%37.0.0.1/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://api.localhost/',
    'https://169.254.169.254/latest/meta-data/',
    'https://2852039166/',
    'https://[::1]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[fd00:ec2::254]/',
    'https://user@hooks.example/',
    'https://user:password@hooks.example/',
    'https://hooks.example@127.0.0.1/',
    'http://hooks.example/',
    'http://8.8.8.8/',
    'https://hooks.example:8443/',
    'https://hooks.example:22/',
    'https://8.8.8.8:25/',
    'https://[2606:4700::1111]:6379/',
    'ftp://hooks.example/',
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_',
    'javascript:alert(1)',
    'data:text/plain,x',
    'hooks.example',
    'https://',
    'https://127.0.0.256/',
    '',
  ])('%s', (address) => expect(strict.problemWith(address)).toEqual(expect.any(String)));

  it.each([
    'https://hooks.example/countersign?tenant=1',
    'https://hooks.example:443/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]/',
    'https://127.0.0.1.hooks.example/',
  ])('not %s', (address) => expect(strict.problemWith(address)).toBeNull());

  it.each([
    ['http://127.0.0.1:4000/', null],
    ['http://localhost:4000/', null],
    ['http://receiver.internal/', null],
    ['http://10.2.0.1/', 'Webhooks can not be sent to this address.'],
    ['http://8.8.8.8/', 'Webhooks can not be sent to this address.'],
  ])('with opened networks, %s: %p', (address, expected) =>
    expect(opened.problemWith(address)).toBe(expected),
  );
});

describe('which ports webhooks may use', () => {
  const rules = new AddressRules(['10.1.0.0/16'], [443, 8443]);

  it.each([
    ['https://8.8.8.8:8443/', null],
    ['https://8.8.8.8/', null],
    ['https://8.8.8.8:9443/', 'Webhooks can not be sent to this address.'],
    ['https://10.1.0.5:9443/', null],
    ['http://10.1.0.5:8080/', null],
    ['https://receiver.internal:9443/', null],
  ])('%s: %p', (address, expected) => expect(rules.problemWith(address)).toBe(expected));

  it('are told, without opened networks', () => {
    expect(new AddressRules([], [443, 8443]).problemWith('https://hooks.example:22/')).toBe(
      'Webhooks can not be sent to this port. Allowed: 443, 8443.',
    );
  });
});

describe('the guard of a connection', () => {
  let server: Server;
  let port: number;
  let connections = 0;

  beforeAll(async () => {
    server = createServer((_, response) => response.end('reached'));
    server.on('connection', () => (connections += 1));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    ({ port } = server.address() as AddressInfo);
  });

  afterAll(() => new Promise((done) => server.close(done)));

  async function get(rules: AddressRules, origin: string): Promise<string> {
    const client = new Client(`${origin}:${port}`, { connect: guardedConnector(rules, 1000) });
    try {
      const { body } = await client.request({ path: '/', method: 'GET' });
      return await body.text();
    } finally {
      await client.destroy();
    }
  }

  it.each(['http://127.0.0.1', 'https://127.0.0.1', 'http://[::1]', 'http://localhost', 'https://localhost'])(
    'keeps %s from being reached',
    async (origin) => {
      const before = connections;
      await expect(get(strict, origin)).rejects.toThrow(AddressRefused);
      expect(connections).toBe(before);
    },
  );

  it.each(['http://127.0.0.1', 'http://localhost'])(
    'lets %s be reached where the operator opened it',
    async (origin) => {
      // localhost may resolve to ::1 as well, and every address has to be permitted.
      await expect(get(new AddressRules(['127.0.0.0/8', '::1/128']), origin)).resolves.toBe('reached');
    },
  );
});
