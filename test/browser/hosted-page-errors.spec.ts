import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Page } from 'playwright-core';
import { clientErrorCodes, clientErrorRules } from '../../src/sessions/client-errors.js';
import { english } from '../../src/verify/texts/en.js';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from '../support/factories.js';
import {
  clientIn,
  clientReady,
  heading,
  PersonBrowser,
  phone,
  postAsClient,
  press,
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

/** Begins, or begins anew, and has Yoti's client end with an error. */
async function endWith(page: Page, code: number | string): Promise<void> {
  await page.reload();
  await page.locator('[data-screen="intro"] [data-action="start"]').click();
  await clientReady(page);
  await postAsClient(page, app.simulator.origin, { eventType: 'ERROR', eventCode: code });
  await page.locator('[data-screen="error"]').waitFor();
}

describe('what the hosted page says when the client ends with an error', () => {
  it('explains each documented code, offers what helps, and leaves it on the session', async () => {
    const { id, client: own } = await createSession(tenant, { errorUrl: `${shop.url}/stuck` });
    const page = await people.device();
    await page.goto(own.hostedUrl);
    for (const [code, [kind, meaning]] of clientErrorCodes) {
      await endWith(page, code);
      const { retry, otherDevice } = clientErrorRules[kind];
      const [title, sentence] = english.errors[kind];
      const seen = {
        title: await page.textContent('#error-title'),
        sentence: await page.textContent('#error-sentence'),
        helps: await page.textContent('#error-helps'),
        code: await page.textContent('#error-code'),
        frames: await page.locator('iframe').count(),
        retry: await page.getByRole('button', { name: 'Try again' }).isVisible(),
        otherDevice: await page.getByRole('img', { name: 'QR code' }).isVisible(),
        leave: await page.getByRole('link', { name: 'Go back to Unit' }).isVisible(),
      };
      expect(seen).toEqual({
        title,
        sentence: sentence.replaceAll('{tenant}', `Unit ${tenant.slug}`),
        helps: english.error.helps[retry],
        code: `Code ${code}`,
        frames: 0,
        retry: retry === 'same_session',
        otherDevice,
        leave: true,
      });
      const kept = await eventually(async () => {
        const { lastClientEvent: last } = await session(id);
        return last.code === code && last;
      });
      expect(kept).toMatchObject({ type: 'error', code, kind, meaning, retry });
    }
  });

  it('tries again in the same session', async () => {
    const { client: own } = await createSession(tenant);
    const page = await people.device();
    await page.goto(own.hostedUrl);
    await endWith(page, 4000);
    await press(page, 'Try again');
    await clientReady(page);
  });

  it('leads to the error address when trying again is of no use', async () => {
    const { id, client: own } = await createSession(tenant, { errorUrl: `${shop.url}/stuck` });
    const page = await people.device(phone);
    await page.goto(own.hostedUrl);
    await press(page, 'Start');
    const frame = clientIn(page);
    await frame.locator('summary', { hasText: 'Simulator' }).click();
    await frame.getByLabel('Error code').selectOption('7000');
    await press(frame, 'End with this error');
    await heading(page, 'No suitable document');
    await page.getByRole('link', { name: 'Go back to Unit' }).click();
    await page.waitForURL(`${shop.url}/**`);
    expect(page.url()).toBe(`${shop.url}/stuck?countersignSession=${id}`);
  });

  it.each([
    [4321, 'Code 4321'],
    ['4000', ''],
  ])('takes %j, which nobody has documented', async (code, shown) => {
    const { client: own } = await createSession(tenant);
    const page = await people.device();
    await page.goto(own.hostedUrl);
    await endWith(page, code);
    await heading(page, 'Something went wrong');
    expect(await page.textContent('#error-code')).toBe(shown);
  });
});
