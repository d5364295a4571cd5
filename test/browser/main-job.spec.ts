import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { Webhook } from 'standardwebhooks';
import { eventually, OPERATOR, startTestApp, type TestApp } from '../support/app.js';
import { launchBrowser } from '../support/browser.js';
import type { Any } from '../support/client.js';
import { privateKeyPem, publicKeyPem } from '../support/factories.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const TIMEOUT = 120_000;

describe('the main job, in the browser', () => {
  let app: TestApp;
  let browser: Browser;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    app = await startTestApp();
    browser = await launchBrowser();
    receiver = await WebhookReceiver.start();
  });

  afterAll(async () => {
    await browser?.close();
    await receiver?.close();
    await app?.stop();
  });

  /** A person of their own: their own cookies, and no error that nobody sees. */
  async function person(): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => {
      throw error;
    });
    return page;
  }

  async function logIn(email: string, password: string): Promise<Page> {
    const page = await person();
    await page.goto(`${app.url}/console/`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByLabel('Pages').waitFor();
    return page;
  }

  const open = (page: Page, name: string) => page.getByLabel('Pages').getByRole('link', { name }).click();

  async function submit(page: Page, name: string | RegExp): Promise<void> {
    await page.getByRole('dialog').getByRole('button', { name }).click();
  }

  it(
    'goes from an operator’s new tenant to a reviewer’s decision and its webhooks',
    async () => {
      const slug = `unit-${randomUUID().slice(0, 8)}`;
      const adminEmail = `admin@${slug}.example`;
      const initialPassword = await createTenant(slug, adminEmail);
      const admin = await logIn(adminEmail, initialPassword);
      await addCredential(admin);
      await publishPolicy(admin);
      const secret = await subscribe(admin);
      const reviewerPassword = await addReviewer(admin, slug);
      const hostedUrl = await startSession(admin);
      await goThrough(hostedUrl);
      await decide(`reviewer@${slug}.example`, reviewerPassword);

      const names = await eventually(async () => {
        const types = receiver.received.map(
          ({ text, headers }) => (new Webhook(secret).verify(text, headers) as Any).type,
        );
        return types.includes('review.decided') && types.includes('session.decided') && types;
      });
      expect(names).toEqual(expect.arrayContaining(['session.completed', 'review.opened', 'review.decided']));

      await open(admin, 'Audit trail');
      for (const words of ['review.decided', 'review.claimed', 'result.read', 'media.viewed']) {
        await admin.getByText(words).first().waitFor();
      }
    },
    TIMEOUT,
  );

  async function createTenant(slug: string, adminEmail: string): Promise<string> {
    const operator = await logIn(OPERATOR.email, OPERATOR.password);
    await operator
      .getByRole('button', { name: /New tenant/ })
      .first()
      .click();
    const dialog = operator.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).first().fill('Browser unit');
    await dialog.getByLabel('Short name').fill(slug);
    await dialog.getByLabel('Name', { exact: true }).last().fill('First Admin');
    await dialog.getByLabel('E-mail').fill(adminEmail);
    await submit(operator, 'Create the tenant');
    return shownSecret(operator);
  }

  async function shownSecret(page: Page): Promise<string> {
    const field = page.getByRole('dialog').locator('code').first();
    await field.waitFor();
    return (await field.textContent()) ?? '';
  }

  async function addCredential(admin: Page): Promise<void> {
    const sdkId = randomUUID();
    app.simulator.registerApp({ sdkId, publicKeyPem });
    await open(admin, 'Yoti credentials');
    await admin
      .getByRole('button', { name: /Add a credential/ })
      .first()
      .click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Simulator');
    await dialog.getByLabel('SDK id').fill(sdkId);
    await dialog.getByLabel('API address').fill(app.simulator.baseUrl);
    await dialog.getByLabel('Private key (PEM)').fill(privateKeyPem);
    await submit(admin, /Add/);
    await dialog.getByLabel('Good').waitFor();
    await dialog.getByRole('button', { name: 'Use for new sessions' }).click();
    await admin.getByText('In use', { exact: true }).waitFor();
  }

  async function publishPolicy(admin: Page): Promise<void> {
    await open(admin, 'Policies');
    await admin
      .getByRole('button', { name: /New policy/ })
      .first()
      .click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Identity');
    await dialog.getByLabel('Short name').fill('identity');
    await submit(admin, /Create/);
    await admin.getByRole('button', { name: /Publish version 1/ }).click();
    await submit(admin, 'Publish version 1');
    await admin
      .getByText(/Version 1 is in use/)
      .first()
      .waitFor();
  }

  async function subscribe(admin: Page): Promise<string> {
    await open(admin, 'Webhooks');
    await admin
      .getByRole('button', { name: /New endpoint/ })
      .first()
      .click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Address').fill(receiver.at('/'));
    for (const name of ['session.completed', 'session.decided', 'review.opened', 'review.decided']) {
      await dialog.getByLabel(name).check();
    }
    await submit(admin, /Create|Add/);
    const secret = await shownSecret(admin);
    await submit(admin, 'I have copied it');
    return secret;
  }

  async function addReviewer(admin: Page, slug: string): Promise<string> {
    await open(admin, 'People');
    await admin
      .getByRole('button', { name: /Add a person/ })
      .first()
      .click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Name').fill('A Reviewer');
    await dialog.getByLabel('E-mail').fill(`reviewer@${slug}.example`);
    await submit(admin, /Add/);
    const password = await shownSecret(admin);
    await submit(admin, 'Done');
    return password;
  }

  async function startSession(admin: Page): Promise<string> {
    await open(admin, 'Sessions');
    await admin
      .getByRole('link', { name: /New session/ })
      .first()
      .click();
    // The list has a filter of the same name as the form's field.
    await admin.getByRole('heading', { name: 'New session' }).waitFor();
    await admin.getByLabel('Reference').fill('customer-1');
    await admin.getByRole('button', { name: 'Start the session' }).click();
    const link = admin.getByText(/\/verify\//).first();
    await link.waitFor();
    return (await link.textContent()) ?? '';
  }

  /** The person, on a phone: a document that an expert finds to be forged. */
  async function goThrough(hostedUrl: string): Promise<void> {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(hostedUrl);
    await page.getByRole('button', { name: 'Start' }).click();
    const client = page.frameLocator('iframe');
    await client.getByText('Simulator', { exact: true }).click();
    await client.getByLabel('Scenario').selectOption('forged_document');
    await client.getByRole('button', { name: 'Agree and continue' }).click();
    await client.getByRole('button', { name: 'Continue' }).click();
    await client.getByRole('button', { name: 'Passport' }).click();
    await client.getByRole('button', { name: 'Use a specimen document' }).click();
    await client.getByRole('button', { name: 'Image is clear' }).click();
    await client.getByRole('button', { name: 'Use a specimen face' }).click();
    await client.getByRole('button', { name: 'Finish' }).click();
    await page.getByRole('heading', { name: /done/ }).waitFor();
  }

  async function decide(email: string, password: string): Promise<void> {
    await eventually(async () => {
      const [row] = await app.sql<{ open: string }>(
        `SELECT count(*) AS open FROM reviews r JOIN memberships m ON m.tenant_id = r.tenant_id
           JOIN users u ON u.id = m.user_id WHERE u.email = $1 AND r.status = 'open'`,
        [email],
      );
      return row?.open === '1';
    });
    const reviewer = await logIn(email, password);
    await reviewer.getByText('customer-1').waitFor();
    await reviewer.keyboard.press('n');
    await reviewer
      .getByRole('img', { name: /passport/i })
      .first()
      .waitFor();
    await reviewer.getByText('Document authenticity').first().waitFor();
    await reviewer.keyboard.press('a');
    await reviewer.keyboard.press('3');
    await reviewer.keyboard.press('Control+Enter');
    await reviewer
      .getByText(/Nothing waits/)
      .first()
      .waitFor();
    const [session] = await app.sql<Any>(
      `SELECT outcome, decision FROM sessions ORDER BY created_at DESC LIMIT 1`,
    );
    expect(session).toMatchObject({
      outcome: 'approved',
      decision: { by: 'review', reasonCodes: ['false_alarm'] },
    });
  }
});
