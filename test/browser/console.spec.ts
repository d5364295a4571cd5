import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually, OPERATOR, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { addPersonWithPassword, ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import { createReadyTenant, createSession, finishSession, type TestTenant } from '../support/factories.js';

let app: TestApp;
let people: ConsoleBrowser;

beforeAll(async () => {
  app = await startTestApp();
  people = await ConsoleBrowser.launch(app.url);
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
});

/** A session that waits for a person. */
async function openReview(tenant: TestTenant, reference: string): Promise<Any> {
  const created = await createSession(tenant, { reference });
  await finishSession(app, tenant, created, 'face_mismatch');
  return eventually(async () => {
    const { body } = await tenant.key.get(`/v1/sessions/${created.id}`);
    return body.reviewId ? body : null;
  });
}

/** All pictures in sight have come. */
const pictures = (page: Page) =>
  page.waitForFunction(() => {
    const images = [...document.querySelectorAll<HTMLImageElement>('main img')];
    return images.length === 2 && images.every(({ naturalWidth }) => naturalWidth > 0);
  });

describe('logging in to the console', () => {
  it('refuses a wrong password in words and then goes to the page that was asked for', async () => {
    const tenant = await createReadyTenant(app);
    const { email, password } = await addPersonWithPassword(tenant, 'reviewer');
    const page = await people.device();
    await page.goto(`${people.url}/sessions?status=ongoing`);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password', { exact: true }).fill('not it');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('alert').textContent()).toMatch(
      /E-mail or password is wrong.*Request [\w-]+/,
    );
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await heading(page, 'Sessions');
    expect(page.url()).toBe(`${people.url}/sessions?status=ongoing`);
    const stored = await page.evaluate(() =>
      JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)]),
    );
    expect(stored).not.toContain(email);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  it('asks for the log-in again when it has ended, and forgets what was shown', async () => {
    const tenant = await createReadyTenant(app);
    const { id } = await createSession(tenant, { reference: 'seen-before' });
    const page = await people.as(tenant, 'reviewer');
    await page.getByRole('link', { name: 'Sessions' }).click();
    const link = page.getByRole('link', { name: 'seen-before' });
    await link.waitFor();
    await page.context().clearCookies();
    await link.click();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    expect(new URL(page.url()).searchParams.get('next')).toBe(`/sessions/${id}`);
    await page.goBack();
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    expect(await page.content()).not.toContain('seen-before');
  });

  it('works for whoever comes next at the same browser, in their own tenant or none', async () => {
    const page = await people.as(await createReadyTenant(app), 'reviewer');
    await page.context().clearCookies();
    await people.logIn(page, OPERATOR);
    await heading(page, 'Tenants');
    await page.reload();
    await heading(page, 'Tenants');

    const other = await createReadyTenant(app);
    await createSession(other, { reference: 'of-the-next' });
    await page.context().clearCookies();
    await people.logIn(page, await addPersonWithPassword(other, 'reviewer'));
    await page.getByRole('link', { name: 'Sessions' }).click();
    await page.getByRole('link', { name: 'of-the-next' }).waitFor();
  });

  it('shows each role its own pages, and says so where one may not look', async () => {
    const tenant = await createReadyTenant(app);
    const { reviewId } = await openReview(tenant, 'case-roles');
    const developer = await people.as(tenant, 'developer');
    const links = developer.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    expect(await links.allTextContents()).toEqual([
      'Sessions',
      'Policies',
      'Webhooks',
      'API keys',
      'Yoti credentials',
      'Secrets',
      'Operations',
    ]);
    await developer.goto(`${people.url}/reviews`);
    await developer
      .getByRole('alert')
      .filter({ hasText: 'This needs the permission reviews:read.' })
      .waitFor();

    const auditor = await people.as(tenant, 'auditor');
    await auditor.goto(`${people.url}/reviews/${reviewId}`);
    await auditor.getByText('The evidence is not yours to see').waitFor();
    expect(await auditor.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  });
});

describe('reviewing in the console', () => {
  it('decides one case after the other with the keyboard alone', async () => {
    const tenant = await createReadyTenant(app);
    const first = await openReview(tenant, 'case-1');
    const second = await openReview(tenant, 'case-2');
    const page = await people.as(tenant, 'reviewer');
    await page.getByRole('link', { name: 'case-1' }).waitFor();
    await page.keyboard.press('n');
    await heading(page, 'case-1');
    await pictures(page);
    await page.getByText('The faces belong to different people.').waitFor();
    await page.keyboard.press('x');
    await page.keyboard.press('4');
    await page.getByLabel('Note for colleagues').fill('Another nose.');
    await page.keyboard.press('Control+Enter');

    await heading(page, 'case-2');
    await pictures(page);
    await page.keyboard.press('a');
    await page.keyboard.press('3');
    await page.keyboard.press('Control+Enter');
    await page.getByText('Nothing waits for you').waitFor();

    const decided = async (reviewId: string) => (await tenant.key.get(`/v1/reviews/${reviewId}`)).body;
    expect(await decided(first.reviewId)).toMatchObject({
      decision: 'rejected',
      reasonCode: 'person_does_not_match',
      note: 'Another nose.',
    });
    expect(await decided(second.reviewId)).toMatchObject({ decision: 'approved', reasonCode: 'false_alarm' });
    expect((await tenant.key.get(`/v1/sessions/${first.id}`)).body.outcome).toBe('rejected');
    const { body } = await tenant.key.get(`/v1/audit-entries?sessionId=${first.id}&action=media.viewed`);
    expect(body.items).toHaveLength(2);
  });

  it('turns, enlarges and resets a picture, and puts the portrait beside the selfie', async () => {
    const tenant = await createReadyTenant(app);
    await openReview(tenant, 'case-view');
    const page = await people.as(tenant, 'reviewer');
    await page.keyboard.press('n');
    await pictures(page);
    const documentPicture = page.getByRole('region', { name: 'Documents' }).locator('img');
    const transform = () => documentPicture.evaluate((image) => (image as HTMLElement).style.transform);
    expect(await transform()).toBe('translate(0px, 0px) scale(1) rotate(0deg)');
    await page.keyboard.press('+');
    expect(await transform()).toContain('scale(1.25)');
    await page.keyboard.press('r');
    expect(await transform()).toContain('rotate(90deg)');
    await page.keyboard.press('b');
    expect(await documentPicture.evaluate((image) => (image as HTMLElement).style.filter)).toBe(
      'brightness(1.25)',
    );
    await page.keyboard.press('0');
    expect(await transform()).toBe('translate(0px, 0px) scale(1) rotate(0deg)');
    await page.keyboard.press('c');
    await page.getByRole('img', { name: 'Portrait' }).waitFor();
    await pictures(page);
  });

  it('shows who works on a case and lets nobody else decide it', async () => {
    const tenant = await createReadyTenant(app);
    const { reviewId } = await openReview(tenant, 'case-taken');
    const [mine, theirs] = [await people.as(tenant, 'reviewer'), await people.as(tenant, 'supervisor')];
    await mine.keyboard.press('n');
    await mine.getByText(/^Yours for/).waitFor();
    await theirs.goto(`${people.url}/reviews/${reviewId}`);
    await theirs.getByText(/The reviewer works on this case until/).waitFor();
    expect(await theirs.getByRole('button', { name: 'Approve' }).count()).toBe(0);

    await mine.keyboard.press('q');
    await mine.getByRole('button', { name: 'Take this case' }).waitFor();
    await theirs.reload();
    await theirs.getByRole('button', { name: 'Take this case' }).click();
    await theirs.getByText(/^Yours for/).waitFor();
  });

  it('renews the claim of a person who works, and asks for the case again when it has run out', async () => {
    const tenant = await createReadyTenant(app);
    const { reviewId } = await openReview(tenant, 'case-lease');
    const page = await people.as(tenant, 'reviewer');
    await page.keyboard.press('n');
    await page.getByText(/^Yours for/).waitFor();
    const leave = (left: string) =>
      app.sql('UPDATE reviews SET claimed_until = now() + $2::interval WHERE id = $1', [reviewId, left]);
    await leave('2 minutes');
    await page.reload();
    await page.getByText(/^Yours for (9|10) min/).waitFor();

    await leave('-1 second');
    await page.reload();
    await page.getByRole('button', { name: 'Take this case' }).waitFor();
    await page.keyboard.press('t');
    await page.getByText(/^Yours for (9|10) min/).waitFor();
  });

  it.each(['light', 'dark'] as const)('is accessible in %s', async (colours) => {
    const tenant = await createReadyTenant(app);
    await openReview(tenant, `case-${colours}`);
    const page = await people.as(tenant, 'reviewer', colours);
    await page.getByRole('link', { name: `case-${colours}` }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('n');
    await pictures(page);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('x');
    await page.keyboard.press('1');
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('working in several tenants', () => {
  it('shows one tenant at a time and forgets the other on switching', async () => {
    const [one, other] = [await createReadyTenant(app), await createReadyTenant(app)];
    await createSession(one, { reference: 'of-one' });
    await createSession(other, { reference: 'of-other' });
    const person = await addPersonWithPassword(one, 'supervisor');
    await addPersonWithPassword(other, 'supervisor', person.email);
    const page = await people.device();
    await people.logIn(page, person);
    const seen = async () => {
      await page.getByRole('link', { name: 'Sessions' }).click();
      return page.getByRole('table', { name: 'Sessions' }).getByRole('link').allTextContents();
    };
    const switchTo = async ({ slug }: TestTenant) => {
      await page.getByTitle('Act in another tenant').click();
      await page.getByRole('menuitem', { name: `Unit ${slug}` }).click();
      await page.getByRole('button', { name: `Unit ${slug}` }).waitFor();
    };
    await switchTo(other);
    await eventually(async () => (await seen()).join() === 'of-other');
    await switchTo(one);
    await eventually(async () => (await seen()).join() === 'of-one');
  });
});
