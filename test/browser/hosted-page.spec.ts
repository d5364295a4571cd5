import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import QRCode from 'qrcode';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from '../support/factories.js';
import {
  clientIn,
  clientReady,
  desktop,
  heading,
  PersonBrowser,
  phone,
  postAsClient,
  press,
  violations,
  walkThroughClient,
} from '../support/person-browser.js';
import { Shop } from '../support/shop.js';

jest.setTimeout(90_000);

let app: TestApp;
let tenant: TestTenant;
let people: PersonBrowser;
let shop: Shop;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
  people = await PersonBrowser.launch();
  shop = await Shop.start(app.url);
}, 60_000);

afterEach(async () => {
  expect(await people.closePages()).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  shop?.close();
  await app?.stop();
});

const session = async (id: string): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200);

describe('the hosted page', () => {
  it('takes a person through the whole check and ends on its own closing page', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await people.device();
    const told: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/events')) told.push(request.postDataJSON());
    });
    await page.goto(own.hostedUrl);
    await heading(page, 'Confirm who you are');
    expect(await page.textContent('main')).toContain(`Requested by Unit ${tenant.slug}`);

    await press(page, 'Start');
    await clientReady(page);
    expect(await page.getAttribute('iframe', 'src')).toBe(`${app.simulator.baseUrl}/web/index.html`);
    expect(await page.getAttribute('iframe', 'allow')).toBe('camera');
    expect(await page.content()).not.toContain(own.yotiSessionToken);
    expect(await violations(page)).toEqual([]);

    await walkThroughClient(page);
    await heading(page, 'You’re done');
    expect(await page.textContent('main')).toContain('You can close this page.');
    expect(told).toEqual([
      { type: 'started', code: null },
      { type: 'success', code: null },
    ]);
    await eventually(async () => (await session(id)).status === 'completed');

    // Whoever comes back by the link sees the same end.
    const answer = await page.goto(own.hostedUrl);
    expect(answer?.status()).toBe(200);
    await heading(page, 'You’re done');
  });

  it('sends a person on a phone to the success address with our session id and nothing else', async () => {
    const { id, client: own } = await createSession(tenant, { successUrl: `${shop.url}/back?order=1#end` });
    const page = await people.device(phone);
    await page.goto(own.hostedUrl);
    expect(await page.getByRole('img', { name: 'QR code' }).isVisible()).toBe(false);
    await press(page, 'Start');
    await clientReady(page);
    const frame = await page.locator('iframe').boundingBox();
    expect(frame).toMatchObject({ x: 0, width: 390 });
    expect((frame?.y ?? 0) + (frame?.height ?? 0)).toBe(844);
    await walkThroughClient(page);
    await page.waitForURL(`${shop.url}/**`);
    expect(page.url()).toBe(`${shop.url}/back?order=1&countersignSession=${id}#end`);
  });

  it('hears no one but the client it embeds', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await people.device();
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    await clientReady(page);
    await page.evaluate(async () => {
      window.postMessage({ eventType: 'SUCCESS' }, '*');
      window.postMessage({ eventType: 'ERROR', eventCode: 5004 }, '*');
      const heard = new Promise<void>((resolve) => {
        addEventListener('message', ({ data }) => data === 'last' && resolve());
      });
      window.postMessage('last', '*');
      await heard;
    });
    expect(await clientIn(page).getByRole('button', { name: 'Agree and continue' }).isVisible()).toBe(true);
    const { lastClientEvent } = await session(id);
    expect([null, 'started']).toContain(lastClientEvent?.type ?? null);
  });

  it('shows the tenant’s looks, in light and dark', async () => {
    const branding = { logoUrl: 'https://cdn.unit.example/logo.svg', primaryColour: '#FFD400' };
    await app.sql('UPDATE tenants SET branding = $2 WHERE id = $1', [tenant.id, branding]);
    const { client: own } = await createSession(tenant);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await people.device({ ...desktop, colorScheme });
      await page.route(branding.logoUrl, (route) =>
        route.fulfill({
          contentType: 'image/svg+xml',
          body: '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>',
        }),
      );
      const [logo] = await Promise.all([page.waitForResponse(branding.logoUrl), page.goto(own.hostedUrl)]);
      expect(logo.ok()).toBe(true);
      expect(await violations(page)).toEqual([]);
    }
    await app.sql(`UPDATE tenants SET branding = '{}' WHERE id = $1`, [tenant.id]);
  });
});

describe('the phone that takes over', () => {
  const step = (page: Page) => page.locator('[aria-current="step"]');

  it('is followed on the page it came from, to the same end', async () => {
    const { id, client: own } = await createSession(tenant, { successUrl: `${shop.url}/done` });
    const page = await people.device();
    await page.goto(`${own.hostedUrl}?lang=de`);
    const code = page.locator('aside').getByRole('img', { name: 'QR-Code' });
    const address = `${own.hostedUrl}?lang=de&handoff=1`;
    expect(await code.getAttribute('src')).toBe(await sourceOfCode(address));

    const other = await people.device(phone);
    await other.goto(address);
    await heading(page, 'Machen Sie auf dem anderen Gerät weiter');
    expect((await step(page).textContent())?.trim()).toBe('Die Seite ist auf dem anderen Gerät offen');
    expect(await page.getByRole('status').textContent()).toBe('Die Seite ist auf dem anderen Gerät offen');
    expect((await session(id)).lastClientEvent).toMatchObject({ type: 'opened', handOff: true });
    expect(await violations(page)).toEqual([]);

    await press(other, 'Beginnen');
    await clientReady(other);
    await step(page).filter({ hasText: 'Die Prüfung läuft dort' }).waitFor();

    await postAsClient(other, app.simulator.origin, { eventType: 'ERROR', eventCode: 4000 });
    await page.getByText('Etwas ist dazwischengekommen', { exact: false }).first().waitFor();
    await press(other, 'Noch einmal versuchen');
    await walkThroughClient(other);
    await Promise.all([page, other].map((device) => device.waitForURL(`${shop.url}/**`)));
    expect(page.url()).toBe(`${shop.url}/done?countersignSession=${id}`);
    expect(other.url()).toBe(page.url());
  });

  it('can be left again for the device at hand', async () => {
    const { client: own } = await createSession(tenant);
    const page = await people.device();
    await page.goto(own.hostedUrl);
    const other = await people.device(phone);
    await other.goto(`${own.hostedUrl}?handoff=1`);
    await heading(page, 'Go on with your other device');
    await press(page, 'Continue on this device instead');
    await walkThroughClient(page);
    await heading(page, 'You’re done');
    // The phone learns of it too.
    await heading(other, 'You’re done');
  });
});

/** The picture of a QR code as the page shows it. */
async function sourceOfCode(address: string): Promise<string> {
  const svg = await QRCode.toString(address, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  return `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
}

describe('a link that can not be used', () => {
  it('is unknown, whoever asks, and tells nothing', async () => {
    const page = await people.device(phone);
    const answer = await page.goto(`${app.url}/verify/AAAAAAAAAAAAAAAAAAAAAA`);
    expect(answer?.status()).toBe(404);
    await heading(page, 'This link doesn’t work');
    expect(await page.content()).not.toContain('Unit');
    const state = await app.anonymous.get('/verify/AAAAAAAAAAAAAAAAAAAAAA/state');
    expect(state).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('has ended, which a page that is open notices too', async () => {
    const { id, client: own } = await createSession(tenant, { errorUrl: `${shop.url}/stuck` });
    const page = await people.device();
    await page.goto(own.hostedUrl);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200);
    await heading(page, 'This check was cancelled');
    expect((await page.reload())?.status()).toBe(410);
    expect(await page.locator('main').getByRole('link').getAttribute('href')).toBe(
      `${shop.url}/stuck?countersignSession=${id}`,
    );
  });

  it('has expired while the page was open', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await people.device(phone);
    await page.goto(own.hostedUrl);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await app.sql(`UPDATE sessions SET client_expires_at = now() - interval '2 minutes' WHERE id = $1`, [id]);
    await heading(page, 'This link has expired');
  });

  it('was revoked or replaced while the page was open', async () => {
    const { id, client: own } = await createSession(tenant, { locale: 'fr' });
    const page = await people.device();
    await page.goto(own.hostedUrl);
    await page.getByRole('button', { name: 'Commencer' }).waitFor();
    const { url } = expectStatus(await tenant.key.post(`/v1/sessions/${id}/link`), 201);
    await heading(page, 'Ce lien a été retiré');
    expect(await violations(page)).toEqual([]);
    await page.goto(url);
    await page.getByRole('button', { name: 'Commencer' }).waitFor();
    expectStatus(await tenant.key.delete(`/v1/sessions/${id}/link`), 204);
    await heading(page, 'Ce lien a été retiré');
  });
});
