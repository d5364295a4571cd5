import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from '../support/factories.js';

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

async function openOperations(page: Page): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await heading(page, 'Operations');
}

/** Sessions that the server has given up. @returns their ids */
async function parkedSessions(tenant: TestTenant, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push((await createSession(tenant)).id as string);
  await app.sql(
    `UPDATE sessions SET next_sync_at = NULL, parked_reason = 'yoti_bad_response', parked_at = now() WHERE id = ANY ($1)`,
    [ids],
  );
  return ids;
}

const replayButton = (page: Page, id: string) =>
  page.getByRole('button', { name: `Replay session ${id}`, exact: true });

describe('operations in the console', () => {
  it('show that nothing was given up, and what has arrived', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'developer');
    await openOperations(page);
    await page.getByText('Nothing was given up').waitFor();
    const arrivals = page.getByRole('region', { name: 'Notifications from Yoti' });
    await arrivals.getByText('Steps found without a notification').waitFor();
    const asked = page.waitForRequest((request) => request.url().includes('/v1/inbox?'));
    await page.getByText('Last 7 days').click();
    const from = new URL((await asked).url()).searchParams.get('from') ?? '';
    expect(Date.now() - Date.parse(from)).toBeGreaterThan(6 * 24 * 60 * 60_000);
    await page.getByText('Nothing was given up').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('replay one that was given up with a click, and then all', async () => {
    const tenant = await createReadyTenant(app);
    const [first, ...others] = await parkedSessions(tenant, 3);
    const page = await people.as(tenant, 'developer');
    await openOperations(page);
    const table = page.getByRole('table', { name: 'Given up' });
    await table.getByText('Yoti bad response').first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await replayButton(page, first!).click();
    await page.getByText('1 session taken up again.').waitFor();
    await replayButton(page, first!).waitFor({ state: 'detached' });
    for (const id of others) await replayButton(page, id).waitFor();
    const all = page.getByRole('button', { name: 'Replay all sessions' });
    await all.focus();
    await page.keyboard.press('Enter');
    await page.getByText('Nothing was given up').waitFor();
    await eventually(async () => {
      const { items } = expectStatus(await tenant.key.get('/v1/sessions'), 200);
      return items.every(({ syncedAt }: { syncedAt: string | null }) => syncedAt !== null);
    });
  });

  it('lead to what was given up, and let who may only look only look', async () => {
    const tenant = await createReadyTenant(app);
    const [id] = await parkedSessions(tenant, 1);
    const page = await people.as(tenant, 'auditor');
    await openOperations(page);
    const link = page.getByRole('link', { name: `Session ${id}` });
    await link.waitFor();
    expect(await page.getByRole('button', { name: /^Replay/ }).count()).toBe(0);
    await link.click();
    await page.waitForURL(`**/sessions/${id}`);
  });

  it('say what is wrong when the server does not answer, and try again', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'developer');
    await page.route('**/v1/inbox*', (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"title":"Broken"}' }),
    );
    await openOperations(page);
    await page.getByRole('alert').waitFor();
    await page.unroute('**/v1/inbox*');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing was given up').waitFor();
  });
});
