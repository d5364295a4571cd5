import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../src/policies/policy.document.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { ConsoleBrowser, heading, seriousViolations } from '../support/console.js';
import { createReadyTenant } from '../support/factories.js';

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

/** What a policy may ask beyond a document and a face, with three things that are not quite right. */
const extended = (draft: PolicyDocument): PolicyDocument => ({
  ...draft,
  documents: [
    { type: 'ID_DOCUMENT' },
    { type: 'ID_DOCUMENT' },
    { type: 'SUPPLEMENTARY_DOCUMENT', objective: 'PROOF_OF_ADDRESS', documentTypes: ['UTILITY_BILL'] },
  ],
  checks: [
    ...draft.checks,
    { type: 'ID_DOCUMENT_COMPARISON' },
    { type: 'WATCHLIST_SCREENING', categories: ['SANCTIONS'] },
    {
      type: 'WATCHLIST_ADVANCED_CA',
      matching: { kind: 'FUZZY', fuzziness: 0.3 },
      customAccount: { apiKeySecret: 'watchlist-key', clientRef: 'retail' },
    },
  ],
  tasks: [...draft.tasks, { type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'NEVER' }],
  client: { darkMode: 'AUTO', secondaryColour: 'blue', presetCountry: 'GBR' },
  limits: { tokenTtlSeconds: 900, deadlineSeconds: 86_400, resourcesTtlSeconds: 604_800 },
});

describe('the policy editor', () => {
  it('explains every setting, reads and saves all of them, and says what to mend', async () => {
    const tenant = await createReadyTenant(app);
    const page = await people.as(tenant, 'admin');
    await page.getByRole('link', { name: 'Policies' }).click();
    await page.getByRole('link', { name: 'Identity' }).click();
    await heading(page, 'Identity');
    await page.getByRole('tab', { name: 'Edit as JSON' }).click();

    await page.getByLabel('Find a setting').fill('apiKeySecret');
    await page.getByText("Name of the tenant's secret that holds the account's API key.").waitFor();
    expect(await page.getByRole('table').count()).toBe(1);
    await page.getByLabel('Find a setting').fill('carrier pigeon');
    await page.getByText('No setting has these words.').waitFor();
    await page.getByLabel('Find a setting').fill('');
    expect(await seriousViolations(page)).toEqual([]);

    const editor = page.getByLabel('Draft as JSON');
    const draft: PolicyDocument = JSON.parse(await editor.inputValue());
    await editor.fill(JSON.stringify(extended(draft)));
    await page.keyboard.press('Control+s');
    await page.getByText('Draft differs').waitFor();

    await page.getByRole('tab', { name: 'Draft', exact: true }).click();
    for (const words of [
      'Proof of address 3',
      'Only Utility bill',
      'Document comparison',
      'Sanctions',
      'Your account, its key in the secret watchlist-key, as retail · all lists · names may differ by 0.3',
      'As the device',
    ]) {
      await page.getByText(words, { exact: true }).waitFor();
    }
    expect(await seriousViolations(page)).toEqual([]);

    await page.getByRole('tab', { name: 'What Yoti gets' }).click();
    const errors = page.getByRole('alert').filter({ hasText: 'This draft can not be published' });
    await errors.getByText('/client/secondaryColour').waitFor();
    await errors.getByText('Write #rgb or #rrggbb.').waitFor();
    await errors.getByText('A session has a lifetime or a deadline, not both.').waitFor();
    const warnings = page.getByRole('alert').filter({ hasText: 'Probably not what is meant' });
    await warnings.getByText('Give them filters that share no document.').waitFor();
    await page.getByText('"api_key": "SECRET:watchlist-key"').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });
});
