import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConsoleBrowser, seriousViolations } from '../support/console.js';
import {
  createReadyTenant,
  createSession,
  createTenant,
  expectStatus,
  privateKeyPem,
  publicKeyPem,
  type TestTenant,
} from '../support/factories.js';

let app: TestApp;
let people: ConsoleBrowser;

beforeAll(async () => {
  app = await startTestApp();
  people = await ConsoleBrowser.launch(app.url);
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
});

async function openCredentials(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Yoti credentials' }).click();
  await page.getByRole('heading', { level: 1, name: 'Yoti credentials' }).waitFor();
}

const register = (tenant: TestTenant, enabled: boolean) =>
  app.simulator.registerApp({ sdkId: tenant.yoti!.sdkId, publicKeyPem, enabled });

/** A tenant whose credential Yoti refuses. */
async function troubledTenant(): Promise<TestTenant> {
  const tenant = await createReadyTenant(app);
  register(tenant, false);
  const { items } = expectStatus(await tenant.key.get('/v1/credentials'), 200);
  const checked = await tenant.key.post(`/v1/credentials/${items[0].id}/check`);
  expect(checked.body.suspect.diagnosis).toBe('NO_PERMISSION');
  return tenant;
}

describe('Yoti credentials in the console', () => {
  it('are replaced in one flow, and the old one goes on until its sessions have closed', async () => {
    const tenant = await createReadyTenant(app);
    await createSession(tenant);
    const page = await people.as(tenant, 'admin');
    await openCredentials(page);
    const sdkId = randomUUID();
    app.simulator.registerApp({ sdkId, publicKeyPem });
    await page.getByRole('button', { name: 'Replace…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replace “Simulator”' });
    await dialog.getByLabel('Name').fill('Next');
    await dialog.getByLabel('SDK id').fill(sdkId);
    expect(await dialog.getByLabel('API address').inputValue()).toBe(app.simulator.baseUrl);
    await dialog.getByLabel('Private key (PEM)').fill(privateKeyPem);
    await dialog.getByRole('button', { name: 'Add the credential' }).click();
    await dialog.getByText('Yoti accepts the signature').waitFor();
    await dialog.getByText('New sessions are made with “Simulator” until').waitFor();
    await dialog.getByRole('button', { name: 'Use for new sessions' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const panel = (name: string) => page.getByRole('region', { name });
    await panel('Next').getByText('In use', { exact: true }).waitFor();
    await panel('Simulator').getByText('1 open session can be read with it only.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('say what is wrong and what to do, point by point', async () => {
    const tenant = await createTenant(app);
    const page = await people.as(tenant, 'admin');
    await openCredentials(page);
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog', { name: 'Add a Yoti credential' });
    await dialog.getByLabel('Name').fill('Mistaken');
    await dialog.getByLabel('SDK id').fill(randomUUID());
    await dialog.getByLabel('API address').fill(app.simulator.baseUrl);
    await dialog.getByLabel('Private key (PEM)').fill(privateKeyPem);
    await dialog.getByRole('button', { name: 'Add the credential' }).click();
    const findings = dialog.getByRole('list', { name: 'What the check looked at' });
    const wrong = findings.getByRole('listitem').filter({ has: page.getByLabel('Wrong') });
    await wrong.getByText('Yoti knows no application with this SDK id').waitFor();
    await wrong.getByText('Compare the SDK id').waitFor();
    expect(await dialog.getByRole('button', { name: 'Use for new sessions' }).isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Later' }).click();
    await page.getByRole('region', { name: 'Mistaken' }).getByText('Not in use yet').waitFor();
  });

  it('stand out while Yoti refuses them, until a check is good', async () => {
    const tenant = await troubledTenant();
    const page = await people.as(tenant, 'admin');
    await openCredentials(page);
    const alert = page.getByRole('status').filter({ hasText: 'Yoti refuses this credential' });
    await alert.getByText('The application is disabled').waitFor();
    await alert.getByText('Enable the application').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    register(tenant, true);
    await page.getByRole('button', { name: 'Check with Yoti' }).click();
    await alert.waitFor({ state: 'detached' });
    await page.getByText('Yoti accepts the credential.').waitFor();
  });

  it('can be looked at without being changed by who may only read', async () => {
    const tenant = await troubledTenant();
    const page = await people.as(tenant, 'auditor');
    await openCredentials(page);
    await page.getByText('Yoti refuses this credential').waitFor();
    for (const name of ['Add a credential', 'Check with Yoti', 'Replace…', 'Retire…']) {
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    }
    const empty = await people.as(await createTenant(app), 'auditor');
    await openCredentials(empty);
    await empty.getByText('An admin of this tenant can add it.').waitFor();
  });
});
