import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Role } from '../../src/auth/scopes.js';
import { launchBrowser } from './browser.js';
import { expectStatus, type TestTenant } from './factories.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Person {
  email: string;
  password: string;
}

/** Adds somebody to the tenant, with a password to type. */
export async function addPersonWithPassword(
  tenant: TestTenant,
  role: Role,
  email = `${randomUUID()}@people.example`,
): Promise<Person> {
  const body = { email, name: `The ${role}`, role };
  const added = expectStatus(await tenant.admin.post('/v1/users', body), 201);
  return { email, password: added.initialPassword };
}

/** People at their browsers, in front of the console. */
export class ConsoleBrowser {
  /** What the browsers complained about: scripts that failed, and what the content security policy stopped. */
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly url: string,
  ) {}

  static async launch(serverUrl: string): Promise<ConsoleBrowser> {
    return new ConsoleBrowser(await launchBrowser(), `${serverUrl}/console`);
  }

  /** A page in a browser of its own. */
  async device(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme });
    this.contexts.push(context);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => this.complaints.push(message));
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) this.complaints.push(message.text());
    });
    return page;
  }

  async logIn(page: Page, { email, password }: Person): Promise<void> {
    await page.goto(`${this.url}/`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
  }

  /** Somebody new with this role, logged in at a browser of their own. */
  async as(tenant: TestTenant, role: Role, colorScheme?: 'light' | 'dark'): Promise<Page> {
    const page = await this.device(colorScheme);
    await this.logIn(page, await addPersonWithPassword(tenant, role));
    return page;
  }

  /** Ends every session of a browser, not the browser. */
  async closePages(): Promise<void> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
  }

  async close(): Promise<void> {
    await this.browser.close();
  }
}

/** Waits for the page with this title. */
export const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole('heading', { level: 1, name }).waitFor();

// A dialog starts to fade in some frames after it was asked for. Spinners, which never end, aren't waited for.
const standsStill = `(async () => {
  for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map(({ finished }) => finished));
})()`;

/**
 * What axe finds serious or critical once the page stands still, each with the first place: text that is fading in has
 * too little contrast for a moment.
 */
export async function seriousViolations(page: Page): Promise<string[]> {
  await page.evaluate(standsStill);
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>(`${axe}; axe.run()`);
  return violations
    .filter(({ impact }) => ['serious', 'critical'].includes(impact))
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
