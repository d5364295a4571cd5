import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/app.js';
import { createBareTenant } from '../support/bare-tenant.js';
import { expectInvariants } from '../support/invariants.js';
import { attempted, createEndpoint, sendTest } from '../support/webhooks.js';

const run = promisify(execFile);
const pathOf = (file: string) => fileURLToPath(new URL(`../support/${file}`, import.meta.url));
const certificateOf = (name: string) => pathOf(`certificates/test-only-${name}.crt.pem`);

/** A receiver with a certificate of its own making. */
interface Receiver {
  url: string;
  requests: number;
  server: Server;
}

async function listen(name: string): Promise<Receiver> {
  const key = readFileSync(pathOf(`certificates/test-only-${name}.key.pem`));
  const server = createServer({ key, cert: readFileSync(certificateOf(name)) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = { url: `https://127.0.0.1:${port}/`, requests: 0, server };
  server.on('request', (request, response) => {
    receiver.requests += 1;
    request.resume();
    response.writeHead(204).end();
  });
  return receiver;
}

/** What came of sending from a process that trusts this certificate, besides those of public authorities. */
async function sendTrusting(name: string, url: string): Promise<unknown> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: certificateOf(name) };
  const { stdout } = await run(process.execPath, [pathOf('post-webhook.mjs'), url], { env });
  return JSON.parse(stdout);
}

describe('row 23: a receiver whose certificate proves nothing', () => {
  let app: TestApp;
  let selfSigned: Receiver;
  let wrongName: Receiver;

  beforeAll(async () => {
    [app, selfSigned, wrongName] = await Promise.all([
      startTestApp(),
      listen('self-signed'),
      listen('wrong-name'),
    ]);
  });
  afterEach(() => expectInvariants(app));
  afterAll(async () => {
    await app?.stop();
    selfSigned?.server.close();
    wrongName?.server.close();
  });

  it('row 23: signed by nobody known: told so, sent nothing, tried again by the schedule', async () => {
    const tenant = await createBareTenant(app);
    for (const receiver of [selfSigned, wrongName]) {
      const endpoint = await createEndpoint(tenant, receiver.url);
      const delivery = await attempted(tenant, (await sendTest(tenant, endpoint)).id);
      expect(delivery.attempts[0]).toMatchObject({ statusCode: null, errorClass: 'tls' });
      expect(delivery.status).toBe('pending');
      await tenant.key.delete(`/v1/webhook-endpoints/${endpoint.id}`);
      expect(receiver.requests).toBe(0);
    }
  });

  it('row 23: known, but of another name: sent nothing', async () => {
    expect(await sendTrusting('wrong-name', wrongName.url)).toEqual({ statusCode: null, errorClass: 'tls' });
    expect(wrongName.requests).toBe(0);
  });

  it('row 23: known, and of its name: sent to', async () => {
    expect(await sendTrusting('self-signed', selfSigned.url)).toEqual({ statusCode: 204, errorClass: null });
    expect(selfSigned.requests).toBe(1);
  });
});
