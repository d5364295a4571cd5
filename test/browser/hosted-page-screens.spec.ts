import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { languages } from '../../src/verify/texts/languages.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { createReadyTenant, createSession, type TestTenant } from '../support/factories.js';
import {
  clientReady,
  heading,
  PersonBrowser,
  phone,
  postAsClient,
  press,
  violations,
} from '../support/person-browser.js';

const SCREENS = ['intro', 'waiting', 'frame', 'error', 'done'];
const NOTICES = ['creating', 'expired', 'cancelled', 'failed', 'erased', 'completed'];
const onPhone = { width: 390, height: 844 };
const VIEWPORTS = [{ width: 1280, height: 800 }, onPhone];
/** A desktop window of 1280 pixels at 400 % (WCAG 2.2, 1.4.10), and at 200 % (1.4.4). */
const ZOOMED = [
  { width: 320, height: 256 },
  { width: 640, height: 400 },
];

let app: TestApp;
let tenant: TestTenant;
let people: PersonBrowser;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
  people = await PersonBrowser.launch();
}, 60_000);

afterEach(async () => {
  expect(await people.closePages()).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
});

/** Shows one of the page's screens without its story. */
const turnTo = (page: Page, screen: string) =>
  page.evaluate((name) => {
    document.body.dataset.showing = name;
    for (const section of document.querySelectorAll<HTMLElement>('[data-screen]')) {
      section.hidden = section.dataset.screen !== name;
    }
  }, screen);

/** What is wrong with what the page shows: in light and dark, on a desktop and a phone, and zoomed in. */
async function faults(page: Page, viewports = VIEWPORTS): Promise<string[]> {
  const found: string[] = [];
  for (const viewport of viewports) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const place = `${viewport.width} pixels, ${colorScheme}`;
      found.push(...(await violations(page)).map((violation) => `${place}: ${violation}`));
    }
  }
  for (const viewport of ZOOMED) {
    await page.setViewportSize(viewport);
    const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (overhang > 0) found.push(`${viewport.width} pixels: ${overhang} stick out`);
  }
  return found;
}

const documentOf = (page: Page) =>
  page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));

describe.each(languages.map((texts) => [texts.name, texts] as const))('in %s', (_name, texts) => {
  const expected = { lang: texts.language, dir: texts.direction };

  it('every screen is accessible', async () => {
    const { client: own } = await createSession(tenant, { locale: texts.language });
    const page = await people.device();
    await page.goto(own.hostedUrl);
    expect(await documentOf(page)).toEqual(expected);
    await press(page, texts.intro.start);
    await clientReady(page);
    await postAsClient(page, app.simulator.origin, { eventType: 'ERROR', eventCode: 4000 });
    await heading(page, texts.errors.camera_refused[0]);
    for (const screen of SCREENS) {
      await turnTo(page, screen);
      expect([screen, await faults(page)]).toEqual([screen, []]);
    }
    await turnTo(page, 'intro');
    await page.locator('summary').click();
    expect(await faults(page)).toEqual([]);
  }, 60_000);

  it('every notice is accessible, and says whose page it is in the right direction', async () => {
    const { id, client: own } = await createSession(tenant, { locale: texts.language });
    const page = await people.device();
    // A page that renews itself would do so under the eyes of this test.
    await page.route('**/verify/*', async (route) => {
      const response = await route.fetch();
      const { refresh: _, ...headers } = response.headers();
      await route.fulfill({ response, headers });
    });
    // They all have one layout: once in each direction is enough for the desktop.
    const viewports = ['en', 'ar'].includes(texts.language) ? VIEWPORTS : [onPhone];
    for (const status of NOTICES) {
      await app.sql('UPDATE sessions SET status = $2 WHERE id = $1', [id, status]);
      await page.goto(`${own.hostedUrl}?lang=${texts.language}`);
      expect(await documentOf(page)).toEqual(expected);
      expect([status, await faults(page, viewports)]).toEqual([status, []]);
    }
    await page.goto(`${app.url}/verify/AAAAAAAAAAAAAAAAAAAAAA?lang=${texts.language}`);
    await heading(page, texts.notices.unknown[0]);
    expect(await faults(page, viewports)).toEqual([]);
  }, 60_000);
});

describe('the choice of a language', () => {
  it('is the person’s, by keyboard too, and stays for this page', async () => {
    const { client: own } = await createSession(tenant, { locale: 'de' });
    const page = await people.device();
    await page.goto(`${own.hostedUrl}?handoff=1`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    for (let index = 0; index < languages.length; index += 1) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**?lang=ar&handoff=1');
    expect(await documentOf(page)).toEqual({ lang: 'ar', dir: 'rtl' });
    await page.reload();
    expect(await documentOf(page)).toEqual({ lang: 'ar', dir: 'rtl' });
    const [start, choice] = await Promise.all(
      ['[data-action="start"]', 'summary'].map((selector) => page.locator(selector).first().boundingBox()),
    );
    // What ends a line from left to right begins it from right to left.
    expect((choice?.x ?? 0) + (choice?.width ?? 0)).toBeLessThan((start?.x ?? 0) + (start?.width ?? 0));
    await page.goto(own.hostedUrl);
    expect(await documentOf(page)).toEqual({ lang: 'de', dir: 'ltr' });
  });
});

describe('the hosted page by keyboard and without motion', () => {
  const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent?.trim());

  it('is walked through in the order it is read in, and says what has changed', async () => {
    const { client: own } = await createSession(tenant);
    const page = await people.device({ ...phone, isMobile: false, hasTouch: false, reducedMotion: 'reduce' });
    await page.goto(own.hostedUrl);
    await page.keyboard.press('Tab');
    expect(await focused(page)).toContain('English');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Start');
    await page.keyboard.press('Enter');
    await clientReady(page);
    await postAsClient(page, app.simulator.origin, { eventType: 'ERROR', eventCode: 4000 });
    await heading(page, 'The camera is blocked');
    expect(await focused(page)).toBe('The camera is blocked');
    for (const name of ['Try again', 'Copy the link to this page']) {
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe(name);
    }
    const moving = await page.evaluate(() =>
      ['.spinner', '.pulse'].map(
        (selector) => getComputedStyle(document.querySelector(selector) as Element).animationName,
      ),
    );
    expect(moving).toEqual(['none', 'none']);
  });
});
