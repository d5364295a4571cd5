import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { eventually, OPERATOR, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import {
  bearer,
  createReadyTenant,
  createTenant,
  finishSession,
  privateKeyPem,
  publicKeyPem,
} from '../support/factories.js';

interface Received {
  headers: Record<string, string>;
  body: string;
}

let app: TestApp;
let people: ConsoleBrowser;
let sink: Server;
let sinkUrl: string;
const received: Received[] = [];

beforeAll(async () => {
  app = await startTestApp();
  people = await ConsoleBrowser.launch(app.url);
  sink = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.statusCode = 204;
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    sink.listen(0, '127.0.0.1', resolve);
  });
  sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/hooks`;
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  sink?.closeAllConnections();
  sink?.close();
  await app?.stop();
});

describe('setting up a tenant in the console', () => {
  it('goes from nothing to a session without any code', async () => {
    const tenant = await createTenant(app);
    const sdkId = '5d4a0b8e-6c0f-4a43-9d55-2f3f6f7d0c11';
    app.simulator.registerApp({ sdkId, publicKeyPem });
    tenant.yoti = { sdkId, pem: privateKeyPem };
    const page = await people.as(tenant, 'admin');

    await page.getByRole('link', { name: 'Yoti credentials' }).click();
    await page.getByText('No Yoti credential yet').waitFor();
    await page.keyboard.press('n');
    await page.getByLabel('Name').fill('Simulated');
    await page.getByLabel('SDK id').fill(sdkId);
    await page.getByLabel('API address').fill(app.simulator.baseUrl);
    await page.getByLabel('Private key (PEM)').fill(privateKeyPem);
    await page.getByRole('dialog').getByRole('button', { name: 'Add the credential' }).click();
    await page.getByRole('dialog').getByText('Yoti accepts the credential.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('dialog').getByRole('button', { name: 'Use for new sessions' }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.getByText('In use', { exact: true }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByText('No policies yet').waitFor();
    await page.keyboard.press('n');
    await page.getByLabel('Name', { exact: true }).fill('Identity');
    expect(await page.getByLabel('Short name').inputValue()).toBe('identity');
    await page.getByRole('button', { name: 'Create the policy' }).click();
    await heading(page, 'Identity');
    await page.getByRole('button', { name: 'Publish version 1…' }).click();
    await page.getByRole('button', { name: 'Publish version 1', exact: true }).click();
    await page.getByText('Version 1 in use').waitFor();

    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByText('No sessions yet').waitFor();
    await page.keyboard.press('n');
    // The list has a field of this name too.
    await heading(page, 'New session');
    await page.getByLabel('Reference').fill('walk-in-1');
    await page.getByRole('button', { name: 'Start the session' }).click();
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    const link = await page.getByRole('link', { name: 'Open it here' }).getAttribute('href');
    expect(link).toMatch(new RegExp(`^${app.url}/verify/`));
    expect(await seriousViolations(page)).toEqual([]);

    const { body } = await tenant.key.get('/v1/sessions?reference=walk-in-1');
    const { body: session } = await tenant.key.get(`/v1/sessions/${body.items[0].id}`);
    expect(session.client.hostedUrl).toBe(link);
    await finishSession(app, tenant, session);
    await page.getByText('The link no longer works').waitFor();
    await page.getByText('Approved').waitFor();
  });

  it('tells where a draft is wrong, and saves and publishes one that is right', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'admin');
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('link', { name: 'Identity' }).click();
    await page.getByRole('tab', { name: 'Edit as JSON' }).click();
    const editor = page.getByLabel('Draft as JSON');
    const draft = JSON.parse(await editor.inputValue());
    await editor.fill(JSON.stringify({ ...draft, capture: { methods: 'CARRIER_PIGEON' } }));
    await page.keyboard.press('Control+s');
    await page.getByRole('alert').filter({ hasText: '/draft/capture/methods' }).waitFor();

    const changed = { ...draft, purpose: { ...draft.purpose, title: 'Show us who you are' } };
    await editor.fill(JSON.stringify(changed));
    await page.keyboard.press('Control+s');
    await page.getByText('Draft differs').waitFor();
    await page.getByRole('tab', { name: 'Draft', exact: true }).click();
    await page.getByText('Show us who you are').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Publish version 2…' }).click();
    await page.getByRole('button', { name: 'Publish version 2', exact: true }).click();
    await page.getByText('Version 2 in use').waitFor();
  });

  it('makes an API key that is shown once and works until it is revoked', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'developer');
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByText('Test key').waitFor();
    await page.keyboard.press('n');
    await page.getByLabel('Name').fill('From the console');
    await page.getByRole('button', { name: 'Create the key' }).click();
    const key = (await page.getByRole('dialog').locator('code').first().textContent()) ?? '';
    const client = app.anonymous.with(bearer(key));
    expect((await client.get('/v1/sessions')).status).toBe(200);
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key);

    await page.getByRole('button', { name: 'Revoke From the console' }).click();
    await page.getByRole('button', { name: 'Revoke the key' }).click();
    await page.getByRole('cell', { name: 'Revoked' }).waitFor();
    expect((await client.get('/v1/sessions')).status).toBe(401);
  });

  it('keeps a secret that it never shows, replaces its value and deletes it', async () => {
    const tenant = await createTenant(app);
    const page = await people.as(tenant, 'admin');
    await page.getByRole('link', { name: 'Secrets' }).click();
    await page.getByText('No secrets').waitFor();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Watchlist Key');
    await dialog.getByRole('button', { name: 'Add the secret' }).click();
    await dialog.getByText('Lower-case letters, digits').waitFor();
    await dialog.getByLabel('Name').fill('watchlist-key');
    await dialog.getByRole('textbox', { name: 'Value' }).fill('first-value');
    await dialog.getByRole('button', { name: 'Add the secret' }).click();
    await page.getByRole('cell', { name: 'watchlist-key', exact: true }).waitFor();
    await dialog.waitFor({ state: 'detached' });
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.content()).not.toContain('first-value');

    await page.getByRole('button', { name: 'Replace watchlist-key' }).click();
    await dialog.getByRole('textbox', { name: 'Value' }).fill('second-value');
    await dialog.getByRole('button', { name: 'Replace the value' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Delete watchlist-key' }).click();
    await page.getByRole('button', { name: 'Delete the secret' }).click();
    await page.getByText('No secrets').waitFor();
    const { body } = await tenant.key.get('/v1/audit-entries?objectId=watchlist-key');
    expect(body.items.map(({ action }: { action: string }) => action)).toEqual([
      'secret.deleted',
      'secret.set',
      'secret.set',
    ]);
  });

  it('adds a webhook endpoint, sends it a signed test and shows the attempt', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'developer');
    await page.getByRole('link', { name: 'Webhooks' }).click();
    await page.getByText('No endpoints yet').waitFor();
    await page.keyboard.press('n');
    await page.getByLabel('Address').fill(sinkUrl);
    await page.getByRole('button', { name: 'Add the endpoint' }).click();
    const secret = (await page.getByRole('dialog').locator('code').first().textContent()) ?? '';
    await page.getByRole('button', { name: 'I have copied it' }).click();
    await page.getByText(sinkUrl).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send a test' }).click();
    await heading(page, 'endpoint.test');
    await page.getByText('Delivered').waitFor();
    await page.getByRole('cell', { name: '204' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const sent = await eventually(async () => received.at(-1));
    expect(new Webhook(secret).verify(sent.body, sent.headers)).toMatchObject({ type: 'endpoint.test' });
  });

  it('lets an operator make a tenant and shows the first password once', async () => {
    const page = await people.device();
    await people.logIn(page, OPERATOR);
    await heading(page, 'Tenants');
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).first().fill('Fresh Unit');
    await dialog.getByRole('group', { name: 'First admin' }).getByLabel('Name').fill('First Admin');
    await dialog.getByLabel('E-mail').fill('first@fresh.example');
    await dialog.getByRole('button', { name: 'Create the tenant' }).click();
    const password = (await dialog.locator('code').first().textContent()) ?? '';
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('cell', { name: 'Fresh Unit', exact: true }).waitFor();

    await page.getByRole('button', { name: 'Embedding of Fresh Unit' }).click();
    await dialog.getByLabel('Origins').fill('http://shop.example');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('/frameAncestors/0').waitFor();
    await dialog.getByLabel('Origins').fill('https://shop.example\nhttps://other.example');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const { body } = await app.operator.get('/v1/tenants');
    expect(body.items.find(({ name }: Any) => name === 'Fresh Unit').frameAncestors).toEqual([
      'https://shop.example',
      'https://other.example',
    ]);

    const fresh = await people.device();
    await people.logIn(fresh, { email: 'first@fresh.example', password });
    await heading(fresh, 'Reviews');
    await fresh.getByText('Nothing waits for you').waitFor();
  });
});
