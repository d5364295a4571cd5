import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { controlPage } from '../support/control-page.js';
import { notified } from '../support/control-api.js';
import { notificationReceiver } from '../support/simulated-yoti.js';

const { api, page, reopen, complaints, visit, follow, heading, violations } = controlPage();
const VIEWS = ['Sessions', 'Notifications', 'Requests', 'Apps', 'Scenarios', 'Faults'];

describe('the control page for everybody', () => {
  async function fill(): Promise<string> {
    const receiver = await notificationReceiver(() => 503);
    const id = (await api.create(notified(receiver.endpoint))).id;
    api.simulator().play(id);
    await api.simulator().advanceClock(5);
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
    await reopen(options);
    await visit();
    await page()
      .getByRole('link', { name: /applicant-1/ })
      .waitFor();
    for (const view of VIEWS) {
      await follow(view);
      await heading(view);
      expect([view, await violations()]).toEqual([view, []]);
      const wider = await page().evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([view, wider]).toEqual([view, 0]);
    }
    await visit(`sessions/${id}`);
    await heading('applicant-1');
    for (const name of ['Result as it reads now', 'Specification received'])
      await page().getByText(name).click();
    expect(await violations()).toEqual([]);
    expect(await page().evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(complaints()).toEqual([]);
  });

  it('has no accessibility violation while it is empty', async () => {
    await fetch(`${api.simulator().origin}/control/reset`, { method: 'POST' });
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
    await page().goto(siteUrl);
    const tried: unknown = await page().evaluate(async (origin) => {
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
    }, api.simulator().origin);
    expect(tried).toEqual(['refused', 'refused', 'refused']);
    const apps = (await (await fetch(`${api.simulator().origin}/control/apps`)).json()) as {
      items: unknown[];
    };
    expect(apps.items).toHaveLength(1);
    const refused = page().waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
    await page().setContent(`<iframe src="${api.simulator().origin}/control"></iframe>`);
    await refused;
  });
});
