import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import { launchBrowser } from '../support/browser.js';
import type { Any } from '../support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from '../support/factories.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

let app: TestApp;
let tenant: TestTenant;
let browser: Browser;
let shop: Server;
let shopUrl: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
  browser = await launchBrowser();
  shop = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end('<h1>Shop</h1>'),
  );
  await new Promise<void>((resolve) => {
    shop.listen(0, '127.0.0.1', resolve);
  });
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
}, 60_000);

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

afterAll(async () => {
  await browser?.close();
  shop?.closeAllConnections();
  shop?.close();
  await app?.stop();
});

/** A page in a browser of its own, as one person's device. */
async function device(options: BrowserContextOptions = desktop): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  return context.newPage();
}

const client = (page: Page): FrameLocator => page.frameLocator('iframe');
const press = (within: Page | FrameLocator, name: string) =>
  within.getByRole('button', { name, exact: true }).click();
const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** Goes through Yoti's client as a person does, with a specimen document and face. */
async function walkThroughClient(page: Page): Promise<void> {
  const frame = client(page);
  await press(frame, 'Agree and continue');
  await frame.getByLabel('Issuing country').selectOption('GBR');
  await press(frame, 'Continue');
  await press(frame, 'Passport');
  await press(frame, 'Use a specimen document');
  await press(frame, 'Image is clear');
  await press(frame, 'Use a specimen face');
  await press(frame, 'Finish');
}

/** Makes Yoti's client end with an error. */
async function endWithError(page: Page, code: number): Promise<void> {
  const frame = client(page);
  await frame.locator('summary', { hasText: 'Simulator' }).click();
  await frame.getByLabel('Error code').selectOption(String(code));
  await press(frame, 'End with this error');
}

async function seriousViolations(page: Page): Promise<string[]> {
  const run = `${axe}; axe.run(document, { iframes: false })`;
  const { violations } = (await page.evaluate(run)) as { violations: { id: string; impact: string }[] };
  return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id);
}

const session = async (id: string): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200);

describe('the hosted page', () => {
  it('takes a person through the whole check and ends on its own closing page', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await device();
    const told: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/events')) told.push(request.postDataJSON());
    });
    await page.goto(own.hostedUrl);
    await heading(page, 'Confirm who you are');
    expect(await page.textContent('main')).toContain(`Requested by Unit ${tenant.slug}`);
    expect(await seriousViolations(page)).toEqual([]);

    await press(page, 'Start');
    await client(page).getByRole('button', { name: 'Agree and continue' }).waitFor();
    expect(await page.getAttribute('iframe', 'src')).toBe(`${app.simulator.baseUrl}/web/index.html`);
    expect(await page.getAttribute('iframe', 'allow')).toBe('camera');
    expect(await page.content()).not.toContain(own.yotiSessionToken);
    expect(await seriousViolations(page)).toEqual([]);

    await walkThroughClient(page);
    await heading(page, 'You’re done');
    expect(await page.textContent('main')).toContain('You can close this page.');
    expect(await seriousViolations(page)).toEqual([]);
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
    const { id, client: own } = await createSession(tenant, { successUrl: `${shopUrl}/back?order=1#end` });
    const page = await device(phone);
    await page.goto(own.hostedUrl);
    expect(await page.getByRole('img', { name: 'QR code' }).isVisible()).toBe(false);
    expect(await seriousViolations(page)).toEqual([]);
    await press(page, 'Start');
    await client(page).getByRole('button', { name: 'Agree and continue' }).waitFor();
    const frame = await page.locator('iframe').boundingBox();
    expect(frame).toMatchObject({ x: 0, width: 390 });
    expect((frame?.y ?? 0) + (frame?.height ?? 0)).toBe(844);
    await walkThroughClient(page);
    await page.waitForURL(`${shopUrl}/**`);
    expect(page.url()).toBe(`${shopUrl}/back?order=1&countersignSession=${id}#end`);
  });

  it('explains an error and tries again in the same session', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await device();
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    await endWithError(page, 4000);
    await heading(page, 'The camera is blocked');
    expect(await page.locator('iframe').count()).toBe(0);
    expect(await page.getByRole('img', { name: 'QR code' }).isVisible()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await eventually(async () => (await session(id)).lastClientEvent?.code === 4000);

    await press(page, 'Try again');
    await client(page).getByRole('button', { name: 'Agree and continue' }).waitFor();
  });

  it('leads to the error address when trying again is of no use', async () => {
    const { id, client: own } = await createSession(tenant, { errorUrl: `${shopUrl}/stuck` });
    const page = await device(phone);
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    await endWithError(page, 7000);
    await heading(page, 'No suitable document');
    expect(await page.getByRole('button', { name: 'Try again' }).isVisible()).toBe(false);
    await page.getByRole('link', { name: 'Go back to Unit' }).click();
    await page.waitForURL(`${shopUrl}/**`);
    expect(page.url()).toBe(`${shopUrl}/stuck?countersignSession=${id}`);
  });

  it('takes an error code that nobody has documented', async () => {
    const { client: own } = await createSession(tenant);
    const page = await device();
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    await client(page).getByRole('button', { name: 'Agree and continue' }).waitFor();
    const frame = page.frames().find((candidate) => candidate.url().startsWith(app.simulator.origin));
    await frame?.evaluate(() => window.parent.postMessage({ eventType: 'ERROR', eventCode: 4321 }, '*'));
    await heading(page, 'Something went wrong');
    expect(await page.textContent('main')).toContain('Code 4321');
  });

  it('hears no one but the client it embeds', async () => {
    const { id, client: own } = await createSession(tenant);
    const page = await device();
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    await client(page).getByRole('button', { name: 'Agree and continue' }).waitFor();
    await page.evaluate(async () => {
      window.postMessage({ eventType: 'SUCCESS' }, '*');
      window.postMessage({ eventType: 'ERROR', eventCode: 5004 }, '*');
      const heard = new Promise<void>((resolve) => {
        addEventListener('message', ({ data }) => data === 'last' && resolve());
      });
      window.postMessage('last', '*');
      await heard;
    });
    expect(await client(page).getByRole('button', { name: 'Agree and continue' }).isVisible()).toBe(true);
    const { lastClientEvent } = await session(id);
    expect([null, 'started']).toContain(lastClientEvent?.type ?? null);
  });

  it('goes on by itself when the person finishes on their phone', async () => {
    const { id, client: own } = await createSession(tenant, { successUrl: `${shopUrl}/done` });
    const page = await device();
    await page.goto(own.hostedUrl);
    await page.getByRole('heading', { name: 'Continue on your phone' }).waitFor();
    expect(await page.getByRole('img', { name: 'QR code' }).isVisible()).toBe(true);

    const other = await device(phone);
    await other.goto(own.hostedUrl);
    await press(other, 'Start');
    await walkThroughClient(other);
    await page.waitForURL(`${shopUrl}/**`);
    expect(page.url()).toBe(`${shopUrl}/done?countersignSession=${id}`);
  });

  it('shows the tenant’s looks, in light and dark', async () => {
    const branding = { logoUrl: 'https://cdn.unit.example/logo.svg', primaryColour: '#FFD400' };
    await app.sql('UPDATE tenants SET branding = $2 WHERE id = $1', [tenant.id, branding]);
    const { client: own } = await createSession(tenant);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await device({ ...desktop, colorScheme });
      await page.route(branding.logoUrl, (route) =>
        route.fulfill({
          contentType: 'image/svg+xml',
          body: '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"/>',
        }),
      );
      const [logo] = await Promise.all([page.waitForResponse(branding.logoUrl), page.goto(own.hostedUrl)]);
      expect(logo.ok()).toBe(true);
      expect(await seriousViolations(page)).toEqual([]);
    }
    await app.sql(`UPDATE tenants SET branding = '{}' WHERE id = $1`, [tenant.id]);
  });
});

describe('a link that can not be used', () => {
  it('is unknown, whoever asks, and tells nothing', async () => {
    const page = await device(phone);
    const answer = await page.goto(`${app.url}/verify/AAAAAAAAAAAAAAAAAAAAAA`);
    expect(answer?.status()).toBe(404);
    await heading(page, 'This link doesn’t work');
    expect(await page.content()).not.toContain('Unit');
    expect(await seriousViolations(page)).toEqual([]);
    const state = await app.anonymous.get('/verify/AAAAAAAAAAAAAAAAAAAAAA/state');
    expect(state).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('has ended, which a page that is open notices too', async () => {
    const { id, client: own } = await createSession(tenant, { errorUrl: `${shopUrl}/stuck` });
    const page = await device();
    await page.goto(own.hostedUrl);
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200);
    await heading(page, 'This check was cancelled');
    expect((await page.reload())?.status()).toBe(410);
    expect(await page.getByRole('link').getAttribute('href')).toBe(
      `${shopUrl}/stuck?countersignSession=${id}`,
    );
    expect(await seriousViolations(page)).toEqual([]);
  });
});
