import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import { createReadyTenant, createSession } from '../support/factories.js';
import { pathOf } from '../support/links.js';
import { MailServer } from '../support/mail-server.js';

let app: TestApp;
let mails: MailServer;
let people: ConsoleBrowser;

beforeAll(async () => {
  mails = await MailServer.start();
  app = await startTestApp({ config: { mail: mails.settings() } });
  people = await ConsoleBrowser.launch(app.url);
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
  await mails?.close();
});

const shownLink = async (page: Page) =>
  (await page.getByRole('link', { name: 'Open it here' }).getAttribute('href')) ?? '';
const sendTo = async (page: Page, address: string) => {
  await page.getByRole('button', { name: 'Send by e-mail…' }).click();
  await page.getByLabel('E-mail address').fill(address);
  await page.keyboard.press('Enter');
};

describe('a person’s link in the console', () => {
  it('is there after starting a session, and goes out by e-mail', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'supervisor');
    await page.goto(`${people.url}/sessions/new`);
    await heading(page, 'New session');
    await page.getByRole('button', { name: 'Start the session' }).click();
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor();
    await page.getByRole('button', { name: 'Copy the link' }).waitFor();

    await sendTo(page, 'not an address');
    await page.getByText('One e-mail address').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('E-mail address').fill('person@mail.example');
    await page.keyboard.press('Enter');
    const list = page.getByRole('list', { name: 'E-mails with the link' });
    await list.getByText('Sent', { exact: true }).waitFor();
    const [mail] = await mails.mails('person@mail.example');
    expect(mail!.parsed.text).toContain(await shownLink(page));
    expect(await page.content()).not.toContain('person@mail.example');

    mails.refuse('nobody@mail.example', 550);
    await sendTo(page, 'nobody@mail.example');
    await list.getByText('The mail server refused the address or the message. (code 550)').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('is replaced, revoked and made anew with the keyboard', async () => {
    const tenant = await createReadyTenant(app);
    const { id, client } = await createSession(tenant);
    const page = await people.as(tenant, 'developer');
    await page.goto(`${people.url}/sessions/${id}`);
    await page.getByRole('button', { name: 'Replace…' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Make a new link' }).focus();
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'hidden' });
    await page
      .getByRole('link', { name: 'Open it here' })
      .and(page.locator(`:not([href="${client.hostedUrl}"])`))
      .waitFor();
    const second = await shownLink(page);
    expect((await app.anonymous.get(pathOf(client.hostedUrl))).status).toBe(410);
    expect((await app.anonymous.get(pathOf(second))).status).toBe(200);

    await page.getByRole('button', { name: 'Revoke…' }).focus();
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Revoke the link' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('The link was revoked').waitFor();
    expect((await app.anonymous.get(pathOf(second))).status).toBe(410);
    expect(await seriousViolations(page)).toEqual([]);

    // The focus has not been lost with the button that had it.
    await page.waitForFunction(() => document.activeElement?.textContent === 'Make a new link');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Open it here' }).waitFor();
    expect((await app.anonymous.get(pathOf(await shownLink(page)))).status).toBe(200);
    await page.getByText('Session link revoked').waitFor();
  });

  it('is not shown to those who may not hand it out', async () => {
    const tenant = await createReadyTenant(app);
    const { id } = await createSession(tenant, { reference: 'case-no-link' });
    const page = await people.as(tenant, 'reviewer');
    await page.goto(`${people.url}/sessions/${id}`);
    await heading(page, 'case-no-link');
    await page.getByRole('region', { name: 'Facts' }).waitFor();
    expect(await page.getByRole('region', { name: 'Link for the person' }).count()).toBe(0);
  });
});
