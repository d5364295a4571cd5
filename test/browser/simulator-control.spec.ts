import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import yoti from 'yoti';
import type { Simulator } from '../../src/simulator/simulator.js';
import { launchBrowser } from '../support/browser.js';
import { notificationReceiver, registerApp, simulatedYoti, type YotiApp } from '../support/simulated-yoti.js';
import { specification } from '../support/yoti-contract.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let simulator: Simulator;
let app: YotiApp;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What the page complained about: script errors and refused content. */
let complaints: string[];

beforeAll(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  jest.restoreAllMocks();
});

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  complaints = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
}

beforeEach(async () => {
  ({ simulator, app } = await simulatedYoti({ now: Date.now }));
  await openPage();
});
afterEach(async () => {
  await context.close();
  await simulator.close();
});

type Specification = ReturnType<typeof specification>;

async function create(trackingId: string, spec: (id: string) => Specification = tracked): Promise<string> {
  return (await app.client.createSession(spec(trackingId))).getSessionId();
}
const tracked = (id: string) => specification((builder) => builder.withUserTrackingId(id));

const visit = (view = '') => page.goto(`${simulator.origin}/control${view && `#/${view}`}`);
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const follow = (name: string) => page.getByRole('link', { name, exact: true }).click();
const seeText = (text: string) => page.getByText(text).first().waitFor();
const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

async function violations(): Promise<unknown[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) })))`,
  );
  return found as unknown[];
}

const VIEWS = ['Sessions', 'Notifications', 'Requests', 'Apps', 'Scenarios', 'Faults'];

describe('the control page', () => {
  it('shows what arrives, newest first, and changes the scenario of a session while it runs', async () => {
    await visit();
    await seeText('No session yet');
    const receiver = await notificationReceiver();
    const id = await create('applicant-1', (trackingId) =>
      specification((builder) =>
        builder
          .withUserTrackingId(trackingId)
          .withNotifications(
            new yoti.NotificationConfigBuilder()
              .withEndpoint(receiver.endpoint)
              .forSessionCompletion()
              .build(),
          ),
      ),
    );
    await create('applicant-2');
    const rows = page.getByRole('list', { name: 'Sessions' }).getByRole('link');
    await rows.filter({ hasText: 'applicant-2' }).waitFor();
    expect(await rows.first().textContent()).toContain('applicant-2');

    await rows.filter({ hasText: 'applicant-1' }).click();
    await heading('applicant-1');
    await page.getByLabel('Scenario of this session').selectOption('forged_document');
    await press('Set scenario');
    await seeText('forged_document (set for this session)');

    await press('Play the journey');
    await seeText('The person is through');
    await press('+1 min');
    await seeText('DONE · REJECT · COUNTERFEIT');
    await seeText('delivered');
    receiver.close();
    const session = await app.client.getSession(id);
    expect(session.getState()).toBe('COMPLETED');
    expect(session.getAuthenticityChecks()[0]?.getReport().getRecommendation().getValue()).toBe('REJECT');

    await page.getByText('Specification received').click();
    await page.getByLabel('Specification received').getByText('"user_tracking_id": "applicant-1"').waitFor();
    expect(complaints).toEqual([]);
  });

  it('keeps focus, what is typed and what is open while it updates', async () => {
    const id = await create('applicant-1');
    await visit(`sessions/${id}`);
    await page.getByText('What the client is told to capture').click();
    const filter = page.getByLabel('Id or tracking id');
    await filter.fill('applicant');
    await page.evaluate('document.querySelector("details[open] pre").scrollTop = 7');
    await create('applicant-2');
    await page.getByRole('link', { name: /applicant-2/ }).waitFor();
    expect(await filter.inputValue()).toBe('applicant');
    expect(await filter.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(await page.evaluate('document.querySelector("details[open] pre").scrollTop')).toBe(7);

    const link = page.getByRole('link', { name: /applicant-2/ });
    await link.focus();
    await create('applicant-3');
    await page.getByRole('link', { name: /applicant-3/ }).waitFor();
    expect(await link.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  });

  it('is used with the keyboard alone', async () => {
    await create('applicant-1');
    await visit();
    await page.getByRole('link', { name: /applicant-1/ }).waitFor();
    const tabTo = async (name: string) => {
      for (let count = 0; count < 60; count += 1) {
        await page.keyboard.press('Tab');
        const text = await page.evaluate(
          'document.activeElement.textContent + (document.activeElement.name ?? "")',
        );
        if (String(text).includes(name)) return;
      }
      throw new Error(`Nothing named ${name} takes the focus`);
    };
    await tabTo('applicant-1');
    await page.keyboard.press('Enter');
    await heading('applicant-1');
    await page.locator('#session-title:focus').waitFor();
    await tabTo('session-scenario');
    await page.keyboard.press('f');
    await tabTo('Set scenario');
    await page.keyboard.press('Enter');
    await seeText('(set for this session)');
  });

  it('filters the sessions', async () => {
    await create('applicant-1');
    await create('somebody-else');
    await visit();
    await page.getByLabel('Id or tracking id').fill('somebody');
    await press('Filter');
    await page.getByRole('link', { name: /applicant-1/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /somebody-else/ }).waitFor();
    await page.getByLabel('State').selectOption('EXPIRED');
    await press('Filter');
    await seeText('No session fits the filter.');
  });

  it("opens the person's page", async () => {
    const id = await create('applicant-1');
    await visit(`sessions/${id}`);
    const opened = context.waitForEvent('page');
    await follow("Open the person's page");
    const person = await opened;
    await person.getByRole('button', { name: 'Agree and continue' }).click();
    await person.close();
    await seeText('Gave biometric consent');
  });

  it('takes a scenario of one’s own, and says where one is wrong', async () => {
    const id = await create('applicant-1');
    await visit(`sessions/${id}`);
    await follow('Write one for it');
    await heading('Scenarios');
    const editor = page.getByLabel('Scenario document (JSON)');
    await editor.fill('{ "name": ');
    const form = page.locator('form', { has: editor });
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await form.getByRole('alert').getByText('is not JSON').waitFor();
    await editor.fill(
      '{ "name": "Bad Name", "title": "X", "description": "", "user": [{ "step": "dance" }] }',
    );
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await form.getByRole('alert').getByText('scenario.name').waitFor();
    await form.getByRole('alert').getByText('scenario.user[0].step').waitFor();

    await page.getByLabel('Start from').selectOption('tampered_document');
    await press('Load');
    expect(JSON.parse(await editor.inputValue()).name).toBe('tampered_document');
    await editor.fill((await editor.inputValue()).replace('"tampered_document"', '"tampered_by_hand"'));
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await seeText('The scenario acts from now on');
    await visit(`sessions/${id}`);
    await seeText('tampered_by_hand (set for this session)');
    expect(await page.getByLabel('Scenario of this session').inputValue()).toBe('tampered_by_hand');
  });

  it('registers, disables and removes apps, and chooses their scenario', async () => {
    await visit('apps');
    const other = registerApp(simulator);
    const section = page.getByRole('region', { name: `App ${other.sdkId}` });
    await section.getByLabel('Scenario of this app').selectOption('face_mismatch');
    await section.getByRole('button', { name: 'Set scenario' }).click();
    await seeText('Scenario face_mismatch acts from now on');
    await section.getByRole('button', { name: 'Disable' }).click();
    await section.getByText('disabled', { exact: true }).waitFor();
    await section.getByText('Remove …').click();
    await section.getByRole('button', { name: 'Remove this app' }).click();
    await section.waitFor({ state: 'detached' });

    await page.getByLabel('Client SDK id').fill('by-hand');
    await page.getByLabel('Public key (PEM)').fill(app.publicKeyPem);
    await press('Register');
    await page.getByRole('region', { name: 'App by-hand' }).waitFor();
    await page.getByLabel('Client SDK id').fill('by-hand');
    await page.getByLabel('Public key (PEM)').fill(app.publicKeyPem);
    await press('Register');
    await seeText('The SDK id is taken');
  });

  it('breaks calls and notifications, and mends them', async () => {
    await visit('faults');
    await seeText('Nothing is broken on purpose.');
    await page.getByLabel('Call', { exact: true }).selectOption('create_session');
    await press('Break');
    await press('Remove fault 1');
    await seeText('Nothing is broken on purpose.');
    await press('Break');
    await page.getByRole('button', { name: 'Remove fault 1' }).waitFor();
    await expect(create('applicant-1')).rejects.toThrow();
    await press('Remove all');
    await seeText('Nothing is broken on purpose.');
    await create('applicant-1');

    await page.getByLabel('Extra copies').fill('3');
    await page.getByLabel('Authorization').selectOption('missing');
    await press('Set');
    await seeText('Notifications behave like this from now on');
    expect(await page.getByLabel('Extra copies').inputValue()).toBe('3');
    await press('Back to normal');
    await seeText('Notifications behave normally');
    await page.locator('#duplicate[value="0"]').waitFor();
  });

  it('freezes and moves the clock', async () => {
    await visit();
    await page.getByRole('button', { name: 'Freeze', pressed: false }).click();
    await page.getByRole('button', { name: 'Freeze', pressed: true }).waitFor();
    const read = async () => Date.parse((await page.locator('#clock time').getAttribute('datetime')) ?? '');
    const before = await read();
    await press('+1 day');
    await seeText('Skipped 86400 s');
    expect((await read()) - before).toBe(86_400_000);
  });

  it('says so when the simulator is gone, and goes on when it is back', async () => {
    const { port } = new URL(simulator.origin);
    await create('applicant-1');
    await visit();
    await page.getByRole('link', { name: /applicant-1/ }).waitFor();
    await simulator.close();
    await page.getByRole('alert').getByText('The simulator does not answer.').waitFor();
    ({ simulator } = await simulatedYoti({ now: Date.now, port: Number(port) }));
    await page.getByText('The simulator does not answer.').waitFor({ state: 'hidden' });
    await seeText('No session yet');
  });

  it('says what is missing: a session, and a view', async () => {
    await visit('sessions/nobody');
    await seeText('There is no such session any more.');
    await visit('nonsense');
    await seeText('There is nothing here.');
  });
});

describe('the control page for everybody', () => {
  async function fill(): Promise<string> {
    const receiver = await notificationReceiver(() => 503);
    const id = await create('applicant-1', (trackingId) =>
      specification((builder) =>
        builder
          .withUserTrackingId(trackingId)
          .withNotifications(
            new yoti.NotificationConfigBuilder()
              .withEndpoint(receiver.endpoint)
              .forSessionCompletion()
              .build(),
          ),
      ),
    );
    simulator.play(id);
    await simulator.advanceClock(5);
    receiver.close();
    return id;
  }

  it.each([
    ['light, wide', { colorScheme: 'light' }],
    ['dark, wide', { colorScheme: 'dark' }],
    ['light, phone', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
    ['dark, phone', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
  ] as const)('has no accessibility violation and nothing sticks out: %s', async (_look, options) => {
    const id = await fill();
    await context.close();
    await openPage(options);
    await visit();
    await page.getByRole('link', { name: /applicant-1/ }).waitFor();
    for (const view of VIEWS) {
      await follow(view);
      await heading(view);
      expect([view, await violations()]).toEqual([view, []]);
      const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([view, wider]).toEqual([view, 0]);
    }
    await visit(`sessions/${id}`);
    await heading('applicant-1');
    for (const name of ['Result as it reads now', 'Specification received'])
      await page.getByText(name).click();
    expect(await violations()).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('has no accessibility violation while it is empty', async () => {
    await fetch(`${simulator.origin}/control/reset`, { method: 'POST' });
    await visit();
    for (const view of VIEWS) {
      await follow(view);
      await heading(view);
      expect([view, await violations()]).toEqual([view, []]);
    }
  });
});

describe("another site's page", () => {
  let site: Server;
  let siteUrl: string;
  beforeAll(async () => {
    site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>Other site</title>');
    });
    await new Promise<void>((resolve) => {
      site.listen(0, '127.0.0.1', resolve);
    });
    siteUrl = `http://localhost:${(site.address() as AddressInfo).port}/`;
  });
  afterAll(() => {
    site.closeAllConnections();
    site.close();
  });

  it('can neither read nor change nor frame anything', async () => {
    await page.goto(siteUrl);
    const tried: unknown = await page.evaluate(async (origin) => {
      const change = (path: string, mode: 'cors' | 'no-cors') =>
        fetch(`${origin}/control${path}`, { method: 'POST', body: '{}', mode }).then(
          ({ type }) => type,
          () => 'refused',
        );
      const read = await fetch(`${origin}/control/apps`).then(
        () => 'read',
        () => 'refused',
      );
      return [read, await change('/reset', 'cors'), await change('/reset', 'no-cors')];
    }, simulator.origin);
    expect(tried).toEqual(['refused', 'refused', 'refused']);
    const apps = (await (await fetch(`${simulator.origin}/control/apps`)).json()) as { items: unknown[] };
    expect(apps.items).toHaveLength(1);
    await page.setContent(`<iframe src="${simulator.origin}/control"></iframe>`);
    await page.waitForFunction('frames.length === 1');
    expect(page.frames()[1] && (await page.frames()[1]?.title())).not.toBe('Yoti simulator');
  });
});
