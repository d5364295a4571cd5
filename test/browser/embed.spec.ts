import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FrameLocator, Page } from 'playwright-core';
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
  // The shop's other origin stays a stranger.
  expectStatus(
    await app.operator.patch(`/v1/tenants/${tenant.id}`, { frameAncestors: [shop.otherUrl] }),
    200,
  );
}, 60_000);

afterEach(async () => {
  expect(await people.closePages()).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  shop?.close();
  await app?.stop();
});

/** The tenant's page, which mounts the frame by the module that we serve. */
async function openShop(options: object, origin = shop.otherUrl, device = desktop): Promise<Page> {
  const page = await people.device(device);
  await page.goto(`${origin}/embedding#${encodeURIComponent(JSON.stringify(options))}`);
  return page;
}

const inFrame = (page: Page): FrameLocator => page.frameLocator('#box iframe');

/** What the tenant's page has heard so far. */
const heard = (page: Page): Promise<Any[]> => page.evaluate('window.heard');

const hears = (page: Page, ...types: string[]): Promise<unknown> =>
  eventually(async () => {
    const events = await heard(page);
    return JSON.stringify(events.map(({ type }) => type)) === JSON.stringify(types) && events;
  }, 30_000);

/**
 * Presses the button that takes its own frame away. The browser doesn't always acknowledge a click whose frame is gone by
 * then, so what the tenant's page hears tells that it was pressed.
 */
async function pressClose(page: Page, ...types: string[]): Promise<void> {
  press(inFrame(page), 'Close').catch(() => undefined);
  await hears(page, ...types);
}

describe('the hosted page inside a page of the tenant’s', () => {
  it('takes a person through the whole check, and tells how it goes', async () => {
    const { id, client: own } = await createSession(tenant, { successUrl: `${shop.otherUrl}/done?order=1` });
    const page = await openShop({ url: own.hostedUrl });
    await heading(inFrame(page), 'Confirm who you are');
    await hears(page, 'ready');
    const hosted = page.frames().find((frame) => frame.url().startsWith(app.url));
    expect(await hosted?.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);

    await press(inFrame(page), 'Start');
    await clientReady(inFrame(page));
    const client = page.frames().find((frame) => frame.url().startsWith(app.simulator.origin));
    const tracks = await client?.evaluate(async () => {
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      return stream.getTracks().map((track) => [track.kind, track.stop()][0]);
    });
    expect(tracks).toEqual(['video']);
    await walkThroughClient(inFrame(page));
    await heading(inFrame(page), 'You’re done');
    await hears(page, 'ready', 'started', 'success');

    const returnUrl = `${shop.otherUrl}/done?order=1&countersignSession=${id}`;
    await pressClose(page, 'ready', 'started', 'success', 'closed');
    expect((await heard(page)).slice(2)).toEqual([
      { type: 'success', returnUrl },
      { type: 'closed', returnUrl },
    ]);
    expect(await page.locator('iframe').count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/embedding');
    expect(await page.content()).not.toContain(own.yotiSessionToken);
  });

  it('leaves the tenant’s page for the success address when it is asked to', async () => {
    const { id, client: own } = await createSession(tenant, { successUrl: `${shop.otherUrl}/done` });
    const page = await openShop({ url: own.hostedUrl, redirect: true }, shop.otherUrl, phone);
    await press(inFrame(page), 'Start');
    await walkThroughClient(inFrame(page));
    await page.waitForURL(`${shop.otherUrl}/done?countersignSession=${id}`);
  });

  it('tells errors with what they mean, and goes on in the language that was asked for', async () => {
    const { client: own } = await createSession(tenant);
    const page = await openShop({ url: own.hostedUrl, language: 'ar', title: 'التحقق' });
    expect(await page.getAttribute('iframe', 'title')).toBe('التحقق');
    await inFrame(page).locator('html[lang="ar"][dir="rtl"]').waitFor();
    await inFrame(page).locator('[data-action="start"]').first().click();
    await clientReady(inFrame(page));
    await postAsClient(page, app.simulator.origin, { eventType: 'ERROR', eventCode: 7000 });
    await hears(page, 'ready', 'started', 'error');
    expect((await heard(page)).at(-1)).toEqual({
      type: 'error',
      code: 7000,
      kind: 'no_document',
      retry: 'no',
    });
    expect(await violations(page)).toEqual([]);

    // Another language is another page in the same frame, which is there already.
    await inFrame(page).locator('summary').click();
    await inFrame(page).getByRole('link', { name: 'Français' }).click();
    await inFrame(page).locator('html[lang="fr"]').waitFor();
    await inFrame(page).locator('[data-action="start"]').first().click();
    await clientReady(inFrame(page));
    await hears(page, 'ready', 'started', 'error', 'started');
    expect(await clientIn(inFrame(page)).locator('h1').count()).toBe(1);
  });

  it('says that a link is over', async () => {
    const { id, client: own } = await createSession(tenant);
    expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200);
    const page = await openShop({ url: own.hostedUrl });
    await heading(inFrame(page), 'This check was cancelled');
    await hears(page, 'ready', 'error');
    expect((await heard(page)).at(-1)).toMatchObject({ code: null, kind: 'link_over', retry: 'new_session' });
    await pressClose(page, 'ready', 'error', 'closed');
  });

  it('is shown to no page that the tenant has not named, and its owner hears why', async () => {
    const { client: own } = await createSession(tenant);
    const page = await openShop({ url: own.hostedUrl }, shop.url);
    await hears(page, 'error');
    expect(await heard(page)).toEqual([{ type: 'error', code: null, kind: 'not_loaded', retry: 'no' }]);
    expect(page.frames().some((frame) => frame.url().startsWith(app.url))).toBe(false);
    const complaints = await people.closePages();
    expect(complaints.join('\n')).toMatch(/frame-ancestors/);
  });

  it('believes no message but its frame’s, and tells nothing after its end', async () => {
    const { client: own } = await createSession(tenant);
    const page = await openShop({ url: own.hostedUrl });
    await hears(page, 'ready');
    await page.evaluate(async () => {
      const forged = { source: 'countersign', event: { type: 'success', returnUrl: null } };
      const arrived = new Promise((resolve) => {
        addEventListener('message', ({ data }) => data === 'last' && resolve(null));
      });
      window.postMessage(forged, '*');
      window.postMessage('last', '*');
      await arrived;
    });
    await hears(page, 'ready');
    await page.evaluate('window.verification.destroy()');
    expect(await page.locator('iframe').count()).toBe(0);
  });

  it.each([
    [{ url: 'https://verify.example/elsewhere' }, "The URL has to be a session's hosted URL."],
    [{ url: 'javascript:alert(1)' }, "The URL has to be a session's hosted URL."],
    [{ url: 'https://verify.example/verify/x', container: '#none' }, 'There is no such container.'],
  ])('can not be mounted with %j', async (options, message) => {
    await openShop(options);
    await eventually(async () => people.complaints.length > 0);
    expect(await people.closePages()).toEqual([message]);
  });
});
