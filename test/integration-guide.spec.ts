import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { eventually, freePort, startTestApp, type TestApp } from './support/app.js';
import { launchBrowser } from './support/browser.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './support/factories.js';

/** The snippets of docs/integration.md that are whole files, run as their readers would run them. */
const guide = readFileSync('docs/integration.md', 'utf8');
const snippets = new Map(
  [...guide.matchAll(/```\w+ title=(\S+)\n(.*?)```/gs)].map(([, title, text]) => [title!, text!]),
);

let app: TestApp;
let tenant: TestTenant;
let directory: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
  // Under the project, so that the snippets find its packages.
  mkdirSync('node_modules/.cache', { recursive: true });
  directory = mkdtempSync('node_modules/.cache/guide-');
  for (const [title, text] of snippets) writeFileSync(join(directory, title), text);
});

afterEach(async () => {
  for (const child of running.splice(0)) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
});

afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await app?.stop();
});

/** Runs a snippet that is a server. @returns its address and what it printed */
async function run(title: string, port: number, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(directory, title)], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      COUNTERSIGN_URL: app.url,
      COUNTERSIGN_API_KEY: tenant.apiKey,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(child);
  const output: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString('utf8')));
  const url = `http://127.0.0.1:${port}`;
  await eventually(() => listens(port));
  return { url, printed: () => output.join('') };
}

const listens = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

describe('the integration guide', () => {
  it('has a file for every way in', () => {
    expect([...snippets.keys()].toSorted()).toEqual([
      'create-session.mjs',
      'hosted-link.mjs',
      'native.mjs',
      'verify.html',
      'webhooks.mjs',
    ]);
  });

  it('sends the person to the hosted page, the same one when asked again', async () => {
    const { url } = await run('hosted-link.mjs', await freePort());
    const [first, second] = [
      await fetch(`${url}/?order=4711`, { redirect: 'manual' }),
      await fetch(`${url}/?order=4711`, { redirect: 'manual' }),
    ];
    expect(first.status).toBe(303);
    const location = first.headers.get('location')!;
    expect(second.headers.get('location')).toBe(location);
    expect((await fetch(location)).status).toBe(200);
  });

  it("hands a native app what Yoti's SDK takes", async () => {
    const { url } = await run('native.mjs', await freePort());
    const answer = (await (await fetch(`${url}/?order=4712`)).json()) as Record<string, string>;
    expect(Object.keys(answer)).toEqual(['sessionId', 'sessionToken']);
    const path = `${app.simulator.baseUrl}/sessions/${answer.sessionId}/configuration`;
    const asApp = await fetch(path, { headers: { 'x-yoti-auth-token': answer.sessionToken! } });
    expect(asApp.status).toBe(200);
    const withoutToken = await fetch(path, { headers: { 'x-yoti-auth-token': 'another' } });
    expect(withoutToken.status).toBe(401);
  });

  it('verifies webhooks, and takes none that is forged', async () => {
    const port = await freePort();
    const endpoint = expectStatus(
      await tenant.key.post('/v1/webhook-endpoints', {
        url: `http://127.0.0.1:${port}/`,
        events: ['session.decided'],
      }),
      201,
    );
    const { url, printed } = await run('webhooks.mjs', port, {
      COUNTERSIGN_WEBHOOK_SECRET: endpoint.secret,
    });
    const session = await createSession(tenant);
    await finishSession(app, tenant, session);
    await eventually(async () => printed().includes(`session.decided ${session.id} approved`));
    const forged = await fetch(url, {
      method: 'POST',
      headers: { 'webhook-id': 'x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' },
      body: '{}',
    });
    expect(forged.status).toBe(400);
  });
});

describe("the guide's page with the hosted page in it", () => {
  let browser: Browser;
  let shop: Server;

  beforeAll(async () => {
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    shop?.closeAllConnections();
    await new Promise((resolve) => (shop ? shop.close(resolve) : resolve(null)));
  });

  it('shows it from an origin that the tenant allows, and hears what happens', async () => {
    const { client: own } = await createSession(tenant);
    const markup = snippets
      .get('verify.html')!
      .replace('COUNTERSIGN_URL', app.url)
      .replace('HOSTED_URL', own.hostedUrl);
    shop = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(markup);
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const origin = `http://localhost:${(shop.address() as AddressInfo).port}`;
    expectStatus(await app.operator.patch(`/v1/tenants/${tenant.id}`, { frameAncestors: [origin] }), 200);
    const page = await browser.newPage();
    await page.goto(origin);
    await page.getByRole('status').getByText('ready').waitFor();
    await page.frameLocator('iframe').getByRole('button', { name: 'Start' }).click();
    await page.getByRole('status').getByText('started').waitFor();
    await page.close();
  });
});
