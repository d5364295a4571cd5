import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import { createTenant, expectStatus, type TestTenant } from '../support/factories.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';
import { attempted, createEndpoint, publishEvent, sendTest } from '../support/webhooks.js';

let app: TestApp;
let people: ConsoleBrowser;
let receiver: WebhookReceiver;
let tenant: TestTenant;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
  people = await ConsoleBrowser.launch(app.url);
  tenant = await createTenant(app);
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
  await receiver?.close();
});

/** The page of endpoints, as a developer of a fresh tenant sees it. */
async function open() {
  const page = await people.as(tenant, 'developer');
  await page.getByRole('link', { name: 'Webhooks' }).click();
  await heading(page, 'Webhooks');
  return page;
}

describe('webhook endpoints in the console', () => {
  it('rotates a secret with an overlap, changes the kind of signature, and ends the old secret early', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at('/rotated'));
    const page = await open();
    await page.getByText('Signed with shared secret (HMAC)').waitFor();
    await page.getByRole('button', { name: 'More' }).press('Enter');
    await page.getByRole('menuitem', { name: 'New signing secret…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make a new signing secret' });
    await dialog.getByLabel('The old one signs as well').click();
    await page.getByRole('option', { name: 'for an hour' }).click();
    await dialog.getByLabel('Signature').click();
    await page.getByRole('option', { name: 'key pair (ed25519)' }).click();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make a new secret' }).click();
    await dialog.getByText(/whpk_/).waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('Signed with key pair (ed25519), public key').waitFor();
    await page.getByText('An older shared secret (HMAC) signs as well until').waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    await sendTest(tenant, endpoint);
    const [request] = await receiver.events('/rotated');
    expect(request!.headers['webhook-signature']).toMatch(/^v1a,\S+ v1,\S+$/);
    new Webhook(endpoint.secret).verify(request!.text, request!.headers);

    await page.getByRole('button', { name: 'End it now…' }).click();
    await page.getByRole('button', { name: 'End it', exact: true }).click();
    await page.getByText('An older shared secret (HMAC)').waitFor({ state: 'detached' });
    const { body } = await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`);
    expect(body).toMatchObject({ signature: 'ed25519', retiringSecrets: [] });
  });

  it('shows that an endpoint fails and why it was disabled, and sends what it has missed', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.atWithStatuses('/failing', 500));
    const { id } = await sendTest(tenant, endpoint);
    await attempted(tenant, id);
    // Not tried again meanwhile: what the receiver answers next is meant for another event.
    await app.sql(`UPDATE deliveries SET next_attempt_at = now() + interval '1 day' WHERE id = $1`, [id]);
    await app.sql(`UPDATE webhook_endpoints SET failing_since = now() - interval '2 days' WHERE id = $1`, [
      endpoint.id,
    ]);
    const page = await open();
    await page.getByText('Failing for 2 d').waitFor();
    await page.getByText('Unless one succeeds, it is disabled at').waitFor();
    expect(await seriousViolations(page)).toEqual([]);

    receiver.atWithStatuses('/failing', 410, 204);
    await publishEvent(app, tenant);
    await eventually(async () => {
      const { body } = await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`);
      return body.status === 'disabled';
    });
    await page.reload();
    await page.getByText('It answered that it is gone (410).').waitFor();
    await page.getByText('Disabled: it answered “gone”').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    const before = receiver.count('/failing');
    receiver.at('/failing');
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Enable' }).click();
    await page.getByText('Enabled', { exact: true }).waitFor();
    const again = (await receiver.events('/failing', before + 1)).at(-1);
    expect(again!.event.type).toBe('policy.published');
  });

  it('sends past events again, and says what was wrong when it can not', async () => {
    tenant = await createTenant(app);
    const endpoint = await createEndpoint(tenant, receiver.at('/replayed'));
    await publishEvent(app, tenant);
    await receiver.events('/replayed');
    await eventually(async () => {
      const { items } = expectStatus(await tenant.key.get('/v1/deliveries?status=delivered'), 200);
      return items.length === 1;
    });
    const page = await open();
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Send past events again…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send past events again' });
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByText('0 events will be sent.').waitFor();
    await dialog.getByText('Everything', { exact: true }).click();
    await dialog.getByLabel('Until').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Send again' }).press('Enter');
    await dialog.getByText('1 event will be sent.').waitFor();
    const [first, second] = await receiver.events('/replayed', 2);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);

    await dialog.getByLabel('Since').fill('2020-01-01T00:00');
    await dialog.getByRole('button', { name: 'Send again' }).click();
    await dialog.getByRole('alert').getByText('At most 30 days ago.').first().waitFor();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await dialog.waitFor({ state: 'detached' });
    expect(await seriousViolations(page)).toEqual([]);
    expectStatus(await tenant.key.get(`/v1/webhook-endpoints/${endpoint.id}`), 200);
  });
});
