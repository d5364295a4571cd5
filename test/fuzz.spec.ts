import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc, { type Arbitrary } from 'fast-check';
import { errorCodes, type ErrorCode } from '../src/http/api-error.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBusyTenant, type BusyTenant } from './support/busy-tenant.js';
import type { Any, Client } from './support/client.js';
import { createTenant } from './support/factories.js';
import { operationsOf, readDocument, type Operation } from './support/operations.js';
import { damaged, fromSchema, nasty } from './support/schema-arbitrary.js';
import { WebhookReceiver } from './support/webhook-receiver.js';

const SEED = 20_261_123;
const RUNS = 60;
/** For all operations together, in milliseconds; a slow machine tries less. */
const TIME_LIMIT = 40_000;

interface Call {
  path: string;
  query: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Anything as a piece of an address, malformed escapes among it. */
const piece = fc.oneof(
  fc.constantFrom(
    '%',
    '%zz',
    '%00',
    '%ff',
    '%ED%A0%80',
    '%2e%2e%2f',
    '0',
    '-1',
    '1e9',
    '99999999999',
    'NaN',
    '*',
  ),
  fc
    .string({ unit: 'binary', minLength: 1, maxLength: 300 })
    .map((text) => encodeURIComponent(text.toWellFormed())),
);

const headers = fc.record(
  {
    'idempotency-key': fc.constantFrom('a', 'b', 'c', 'x'.repeat(255), 'x'.repeat(256), ' ', 'ü', '"'),
    'if-match': fc.constantFrom('"1"', 'W/"2"', '*', '1', '"-1"', '"99999999999"', '""', '"a"'),
    'countersign-tenant': fc.constantFrom('', 'a', '00000000-0000-7000-8000-000000000000', '\u00ff', '*'),
    'x-request-id': fc.constantFrom('given', 'x'.repeat(101), '<script>', 'ü'),
    'content-type': fc.constantFrom(
      'application/json; charset=utf-16',
      'application/json; charset=',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'APPLICATION/JSON',
      ';',
    ),
    'accept-encoding': fc.constantFrom('gzip', '*;q=0', 'x'),
    'content-encoding': fc.constantFrom('gzip', 'br'),
  },
  { requiredKeys: [] },
);

/** Bytes that are no JSON text, or a strange one. */
const rawBody = fc.oneof(
  fc
    .constantFrom(
      '',
      '{',
      'null',
      '[]',
      '""',
      '{"a":1,"a":2}',
      '{"__proto__":{}}',
      '{"a":1e400}',
      '{"a":"\\ud800"}',
      '{"a":"\\u0000"}',
      '['.repeat(40_000),
      `${'['.repeat(500)}${']'.repeat(500)}`,
      `[${'0,'.repeat(20_000)}0]`,
    )
    .map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

describe('whatever is sent to the API', () => {
  let app: TestApp;
  let receiver: WebhookReceiver;
  let tenant: BusyTenant;
  let document: Any;
  let operations: Operation[];

  beforeAll(async () => {
    app = await startTestApp();
    receiver = await WebhookReceiver.start();
    document = await readDocument(app);
    operations = operationsOf(document);
    tenant = await createBusyTenant(app, receiver.at('/hook'));
    const { id } = await createTenant(app);
    tenant.ids.tenants = [id];
  });

  afterAll(async () => {
    await receiver.close();
    await app.stop();
  });

  const callerOf = ({ permission }: Operation): Client => {
    if (permission === 'public') return app.anonymous;
    return permission.startsWith('tenants:') ? app.operator : tenant.key;
  };

  function pathOf({ path, pathParameters }: Operation): Arbitrary<string> {
    const known = tenant.ids[path.split('/')[2] ?? ''] ?? [];
    const valueOf = (name: string) => {
      const parts: Record<string, string[]> = {
        n: ['1', '2', '3'],
        mediaId: [tenant.mediaId],
        secretId: [tenant.secretId],
      };
      const right = parts[name] ?? known;
      return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...right) }, fc.uuid(), piece);
    };
    const values = fc.tuple(...pathParameters.map(valueOf));
    return values.map((all) => all.reduce((text, value) => text.replace(/\{\w+\}/, () => value), path));
  }

  function queryOf({ queryParameters }: Operation): Arbitrary<string> {
    const one = fc.oneof(
      ...queryParameters.map(({ name, schema }) =>
        fc
          .oneof(fromSchema(document, schema), nasty)
          .map((value) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`),
      ),
      fc.tuple(piece, piece).map(([name, value]) => `${name}=${value}`),
    );
    return fc.array(one, { maxLength: 3 }).map((parts) => (parts.length > 0 ? `?${parts.join('&')}` : ''));
  }

  function bodyOf({ body }: Operation): Arbitrary<Buffer | undefined> {
    const json = (value: Arbitrary<unknown>) =>
      value.map((sent) => Buffer.from(JSON.stringify(sent) ?? '', 'utf8'));
    if (!body) return fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, json(nasty), rawBody);
    const valid = fc.oneof(fc.constant(body.example), fromSchema(document, body.schema));
    return fc.oneof(
      { weight: 2, arbitrary: json(valid) },
      { weight: 5, arbitrary: json(damaged(valid)) },
      json(nasty),
      rawBody,
    );
  }

  const callOf = (operation: Operation): Arbitrary<Call> =>
    fc.record({
      path: pathOf(operation),
      query: fc.oneof({ weight: 2, arbitrary: fc.constant('') }, queryOf(operation)),
      headers: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, headers),
      body: bodyOf(operation),
    });

  async function send(operation: Operation, { path, query, headers: given, body }: Call) {
    const { baseUrl, headers: own } = callerOf(operation);
    const response = await fetch(`${baseUrl}${path}${query}`, {
      method: operation.method,
      redirect: 'manual',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...Object.fromEntries(Object.entries(given).map(([k, v]) => [k, latin1(v)])),
        ...own,
      },
      ...(body && operation.method !== 'GET' && { body: new Uint8Array(body) }),
    });
    return { response, text: await response.text() };
  }

  it('I8 is answered, and refused with a problem document where it is wrong', async () => {
    const limit = TIME_LIMIT / operations.length;
    const statuses = new Map<number, number>();
    for (const operation of operations) {
      const property = fc.asyncProperty(callOf(operation), async (call) => {
        const { response, text } = await send(operation, call);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status >= 500) throw new Error(`${response.status} to ${shown(operation, call)}`);
        if (response.status < 400) return;
        expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
        const problem = JSON.parse(text) as { code: ErrorCode; status: number; requestId: string };
        expect(errorCodes[problem.code]?.[0]).toBe(response.status);
        expect([operation.id, operation.errors[response.status]]).toEqual([
          operation.id,
          expect.arrayContaining([problem.code]),
        ]);
        expect(problem.status).toBe(response.status);
        expect(problem.requestId).toBe(response.headers.get('x-request-id'));
      });
      const settings = { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: limit, endOnFailure: true };
      await fc.assert(property, settings).catch((error: Error) => {
        throw new Error(`${operation.id}: ${error.message}`, { cause: error });
      });
    }
    // Otherwise everything would have been refused at the door.
    for (const status of [200, 400, 404]) expect(statuses.get(status) ?? 0).toBeGreaterThan(20);
  }, 90_000);
});

const shown = ({ method }: Operation, { path, query, headers: given, body }: Call) =>
  `${method} ${path}${query} ${JSON.stringify(given)} ${body?.toString('utf8').slice(0, 1000) ?? ''}`;

const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
