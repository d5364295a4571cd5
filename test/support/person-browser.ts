import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, FrameLocator, Page } from 'playwright-core';
import { launchBrowser } from './browser.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const desktop: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
};

/** A page that is no check any more says so with its status, which the browser logs as an error of its own. */
const OWN_STATUS = /^Failed to load resource: the server responded with a status of (404|410|503) /;

const PAGE_OF_LINK = /\/verify\/[\w-]{22}(\?.*)?$/;

/** The devices of people who were sent a link. */
export class PersonBrowser {
  /** What the pages complained about: failed scripts, the content security policy, anything else logged as an error. */
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(readonly browser: Browser) {}

  static async launch(): Promise<PersonBrowser> {
    return new PersonBrowser(await launchBrowser());
  }

  /** A page in a browser of its own, as one person's device. */
  async device(options: BrowserContextOptions = desktop): Promise<Page> {
    const context = await this.browser.newContext(options);
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const ownStatus = OWN_STATUS.test(message.text()) && PAGE_OF_LINK.test(message.location().url);
      if (!ownStatus) this.complaints.push(`${message.text()} (${message.location().url})`);
    });
    return page;
  }

  /** Ends every device, not the browser. @returns what was complained about, which is forgotten then */
  async closePages(): Promise<string[]> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
    return this.complaints.splice(0);
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Yoti's client, in the hosted page. */
export const clientIn = (page: Page | FrameLocator): FrameLocator => page.frameLocator('#frame iframe');

export const press = (within: Page | FrameLocator, name: string): Promise<void> =>
  within.getByRole('button', { name, exact: true }).click();

export const heading = (page: Page | FrameLocator, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

/** Waits until Yoti's client has its session. */
export const clientReady = (page: Page | FrameLocator): Promise<void> =>
  clientIn(page).getByRole('button', { name: 'Agree and continue' }).waitFor();

/** Goes through Yoti's client as a person does, with a specimen document and face. */
export async function walkThroughClient(page: Page | FrameLocator): Promise<void> {
  const frame = clientIn(page);
  await press(frame, 'Agree and continue');
  await frame.getByLabel('Issuing country').selectOption('GBR');
  await press(frame, 'Continue');
  await press(frame, 'Passport');
  await press(frame, 'Use a specimen document');
  await press(frame, 'Image is clear');
  await press(frame, 'Use a specimen face');
  await press(frame, 'Finish');
}

/** Has Yoti's client in the page post a message, whatever it is doing. */
export async function postAsClient(page: Page, origin: string, message: object): Promise<void> {
  const frame = page.frames().find((candidate) => candidate.url().startsWith(origin));
  if (!frame) throw new Error('The client is not there.');
  await frame.evaluate((posted) => window.parent.postMessage(posted, '*'), message);
}

/** Everything that axe finds, WCAG 2.2's target sizes included, each with the first place. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  const options =
    "{ iframes: false, preload: false, resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }";
  const { violations: found } = await page.evaluate<{
    violations: { id: string; nodes: { html: string }[] }[];
  }>(`axe.run(document, ${options})`);
  return found.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
