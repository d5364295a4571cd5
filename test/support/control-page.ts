import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser } from './browser.js';
import { controlApi } from './control-api.js';
import { specification } from './yoti-contract.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A fresh simulator, by real time, and a browser on its control page for each test. */
export function controlPage() {
  const api = controlApi({ now: Date.now });
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  /** What the page complained about: script errors and refused content. */
  let complaints: string[];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', ({ message }) => complaints.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
  }
  beforeEach(() => open());
  afterEach(() => context.close());

  return {
    api,
    page: () => page,
    context: () => context,
    complaints: () => complaints,
    /** Another window in place of this one. */
    reopen: async (options: Parameters<Browser['newContext']>[0]) => {
      await context.close();
      await open(options);
    },
    /** A new session with this tracking id. */
    create: async (trackingId: string) =>
      (await api.create(specification((builder) => builder.withUserTrackingId(trackingId)))).id,
    visit: (view = '') => page.goto(`${api.simulator().origin}/control${view && `#/${view}`}`),
    press: (name: string) => page.getByRole('button', { name, exact: true }).click(),
    follow: (name: string) => page.getByRole('link', { name, exact: true }).click(),
    seeText: (text: string) => page.getByText(text).first().waitFor(),
    heading: (name: string) => page.getByRole('heading', { name, exact: true }).waitFor(),
    /** What axe finds on the page as it is. */
    violations: async () => {
      await page.evaluate(axe);
      const found = await page.evaluate(
        `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
          .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) })))`,
      );
      return found as unknown[];
    },
  };
}
