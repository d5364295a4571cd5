import { describe, expect, it } from '@jest/globals';
import { controlPage } from '../support/control-page.js';
import { notified } from '../support/control-api.js';
import { notificationReceiver, registerApp } from '../support/simulated-yoti.js';

const { api, page, context, complaints, create, visit, press, follow, seeText, heading } = controlPage();

describe('the control page', () => {
  it('shows what arrives, newest first, and changes the scenario of a session while it runs', async () => {
    await visit();
    await seeText('No session yet');
    const receiver = await notificationReceiver();
    const id = (await api.create(notified(receiver.endpoint))).id;
    await create('applicant-2');
    const rows = page().getByRole('list', { name: 'Sessions' }).getByRole('link');
    await rows.filter({ hasText: 'applicant-2' }).waitFor();
    expect(await rows.first().textContent()).toContain('applicant-2');

    await rows.filter({ hasText: 'applicant-1' }).click();
    await heading('applicant-1');
    await page().getByLabel('Scenario of this session').selectOption('forged_document');
    await press('Set scenario');
    await seeText('forged_document (set for this session)');

    await press('Play the journey');
    await seeText('The person is through');
    await press('+1 min');
    await seeText('DONE · REJECT · COUNTERFEIT');
    await seeText('delivered');
    receiver.close();
    const session = await api.app().client.getSession(id);
    expect(session.getState()).toBe('COMPLETED');
    expect(session.getAuthenticityChecks()[0]?.getReport().getRecommendation().getValue()).toBe('REJECT');

    await page().getByText('Specification received').click();
    await page()
      .getByLabel('Specification received')
      .getByText('"user_tracking_id": "applicant-1"')
      .waitFor();
    expect(complaints()).toEqual([]);
  });

  it('keeps focus, what is typed and what is open while it updates', async () => {
    const id = await create('applicant-1');
    await visit(`sessions/${id}`);
    await page().getByText('What the client is told to capture').click();
    const filter = page().getByLabel('Id or tracking id');
    await filter.fill('applicant');
    await page().evaluate('document.querySelector("details[open] pre").scrollTop = 7');
    await create('applicant-2');
    await page()
      .getByRole('link', { name: /applicant-2/ })
      .waitFor();
    expect(await filter.inputValue()).toBe('applicant');
    expect(await filter.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    expect(await page().evaluate('document.querySelector("details[open] pre").scrollTop')).toBe(7);

    const link = page().getByRole('link', { name: /applicant-2/ });
    await link.focus();
    await create('applicant-3');
    await page()
      .getByRole('link', { name: /applicant-3/ })
      .waitFor();
    expect(await link.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  });

  it('is used with the keyboard alone', async () => {
    await create('applicant-1');
    await visit();
    await page()
      .getByRole('link', { name: /applicant-1/ })
      .waitFor();
    const tabTo = async (name: string) => {
      for (let count = 0; count < 60; count += 1) {
        await page().keyboard.press('Tab');
        const text = await page().evaluate(
          'document.activeElement.textContent + (document.activeElement.name ?? "")',
        );
        if (String(text).includes(name)) return;
      }
      throw new Error(`Nothing named ${name} takes the focus`);
    };
    await tabTo('applicant-1');
    await page().keyboard.press('Enter');
    await heading('applicant-1');
    await page().locator('#session-title:focus').waitFor();
    await tabTo('session-scenario');
    await page().keyboard.press('f');
    await tabTo('Set scenario');
    await page().keyboard.press('Enter');
    await seeText('(set for this session)');
  });

  it('filters the sessions', async () => {
    await create('applicant-1');
    await create('somebody-else');
    await visit();
    await page().getByLabel('Id or tracking id').fill('somebody');
    await press('Filter');
    await page()
      .getByRole('link', { name: /applicant-1/ })
      .waitFor({ state: 'detached' });
    await page()
      .getByRole('link', { name: /somebody-else/ })
      .waitFor();
    await page().getByLabel('State').selectOption('EXPIRED');
    await press('Filter');
    await seeText('No session fits the filter.');
  });

  it("opens the person's page", async () => {
    const id = await create('applicant-1');
    await visit(`sessions/${id}`);
    const opened = context().waitForEvent('page');
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
    const editor = page().getByLabel('Scenario document (JSON)');
    await editor.fill('{ "name": ');
    const form = page().locator('form', { has: editor });
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await form.getByRole('alert').getByText('is not JSON').waitFor();
    await editor.fill(
      '{ "name": "Bad Name", "title": "X", "description": "", "user": [{ "step": "dance" }] }',
    );
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await form.getByRole('alert').getByText('scenario.name').waitFor();
    await form.getByRole('alert').getByText('scenario.user[0].step').waitFor();

    await page().getByLabel('Start from').selectOption('tampered_document');
    await press('Load');
    expect(JSON.parse(await editor.inputValue()).name).toBe('tampered_document');
    await editor.fill((await editor.inputValue()).replace('"tampered_document"', '"tampered_by_hand"'));
    await form.getByRole('button', { name: 'Set scenario' }).click();
    await seeText('The scenario acts from now on');
    await visit(`sessions/${id}`);
    await seeText('tampered_by_hand (set for this session)');
    expect(await page().getByLabel('Scenario of this session').inputValue()).toBe('tampered_by_hand');
  });

  it('registers, disables and removes apps, and chooses their scenario', async () => {
    await visit('apps');
    const other = registerApp(api.simulator());
    const section = page().getByRole('region', { name: `App ${other.sdkId}` });
    await section.getByLabel('Scenario of this app').selectOption('face_mismatch');
    await section.getByRole('button', { name: 'Set scenario' }).click();
    await seeText('Scenario face_mismatch acts from now on');
    await section.getByRole('button', { name: 'Disable' }).click();
    await section.getByText('disabled', { exact: true }).waitFor();
    await section.getByText('Remove …').click();
    await section.getByRole('button', { name: 'Remove this app' }).click();
    await section.waitFor({ state: 'detached' });

    await page().getByLabel('Client SDK id').fill('by-hand');
    await page().getByLabel('Public key (PEM)').fill(api.app().publicKeyPem);
    await press('Register');
    await page().getByRole('region', { name: 'App by-hand' }).waitFor();
    await page().getByLabel('Client SDK id').fill('by-hand');
    await page().getByLabel('Public key (PEM)').fill(api.app().publicKeyPem);
    await press('Register');
    await seeText('The SDK id is taken');
  });

  it('breaks calls and notifications, and mends them', async () => {
    await visit('faults');
    await seeText('Nothing is broken on purpose.');
    await page().getByLabel('Call', { exact: true }).selectOption('create_session');
    await press('Break');
    await press('Remove fault 1');
    await seeText('Nothing is broken on purpose.');
    await press('Break');
    await page().getByRole('button', { name: 'Remove fault 1' }).waitFor();
    await expect(create('applicant-1')).rejects.toThrow();
    await press('Remove all');
    await seeText('Nothing is broken on purpose.');
    await create('applicant-1');

    await page().getByLabel('Extra copies').fill('3');
    await page().getByLabel('Authorization').selectOption('missing');
    await press('Set');
    await seeText('Notifications behave like this from now on');
    expect(await page().getByLabel('Extra copies').inputValue()).toBe('3');
    await press('Back to normal');
    await seeText('Notifications behave normally');
    await page().locator('#duplicate[value="0"]').waitFor();
  });

  it('freezes and moves the clock', async () => {
    await visit();
    await page().getByRole('button', { name: 'Freeze', pressed: false }).click();
    await page().getByRole('button', { name: 'Freeze', pressed: true }).waitFor();
    const shown = await page().locator('#clock time').getAttribute('datetime');
    await press('+1 day');
    await seeText('Skipped 86400 s');
    const later = new Date(Date.parse(shown ?? '') + 86_400_000).toISOString();
    await page().locator(`#clock time[datetime="${later}"]`).waitFor();
  });

  it('says so when the simulator is gone, and goes on when it is back', async () => {
    const { port } = new URL(api.simulator().origin);
    await create('applicant-1');
    await visit();
    await page()
      .getByRole('link', { name: /applicant-1/ })
      .waitFor();
    await api.simulator().close();
    await page().getByRole('alert').getByText('The simulator does not answer.').waitFor();
    await api.restart({ port: Number(port) });
    await page().getByText('The simulator does not answer.').waitFor({ state: 'hidden' });
    await seeText('No session yet');
  });

  it('says what is missing: a session, and a view', async () => {
    await visit('sessions/nobody');
    await seeText('There is no such session any more.');
    await visit('nonsense');
    await seeText('There is nothing here.');
  });
});
