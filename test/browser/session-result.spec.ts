import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually, startTestApp, type TestApp } from '../support/app.js';
import type { Any } from '../support/client.js';
import { ConsoleBrowser, seriousViolations } from '../support/console.js';
import {
  createReadyTenant,
  createSession,
  finishSession,
  publishPolicy,
  type TestTenant,
} from '../support/factories.js';
import { startYotiEditor, type YotiEditor } from '../support/yoti-editor.js';

const hits = '0e2f1d4c-4a4e-4d0e-9a54-000000000003';
const report = '0e2f1d4c-4a4e-4d0e-9a54-000000000004';

let app: TestApp;
let yoti: YotiEditor;
let people: ConsoleBrowser;
let tenant: TestTenant;

beforeAll(async () => {
  yoti = await startYotiEditor(() => app.simulator.origin);
  app = await startTestApp({ config: { yotiApiUrls: [yoti.baseUrl] } });
  people = await ConsoleBrowser.launch(app.url);
  tenant = await createReadyTenant({ ...app, simulator: { ...app.simulator, baseUrl: yoti.baseUrl } });
  await publishPolicy(tenant, 'expanded', (draft) => ({
    ...draft,
    tasks: draft.tasks.map((task: Any) => ({ ...task, expandedFields: true })),
  }));
}, 60_000);

afterEach(async () => {
  await people.closePages();
  expect(people.complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await people?.close();
  await app?.stop();
  await yoti?.close();
});

/** What Yoti could tell about a difficult case. */
function difficult(path: string, body: Any): { body: unknown } | undefined {
  if (path.includes(hits)) return { body: { hits: [{ name: 'A LISTED PERSON' }] } };
  if (path.includes(report)) {
    const assurance_process = { level_of_assurance: 'MEDIUM', policy: 'GPG45', procedure: 'M1B' };
    return { body: { verification_report: { assurance_process } } };
  }
  if (path.endsWith('/content') && body.mrz) {
    const line2 = body.mrz.line2.replace(/^./, (first: string) => (first === '1' ? '2' : '1'));
    return { body: { ...body, expiration_date: '2049-12-31', mrz: { ...body.mrz, line2 } } };
  }
  if (path.endsWith('/tracked-devices')) {
    const device = {
      ip_address: '203.0.113.7',
      ip_iso_country_code: 'GBR',
      os_name: 'Android',
      shade: 'green',
    };
    return { body: [{ event: 'CONFIG_FIRST_LOADED', created: '2026-03-04T10:01:02Z', device }] };
  }
  if (!/^\/sessions\/[^/]+$/.test(path)) return undefined;
  return { body: { ...body, ...verdicts(body.checks), stamp_of_the_day: 'blue' } };
}

const verdicts = (checks: unknown[]) => ({
  checks: [
    ...checks,
    {
      id: 'w',
      type: 'WATCHLIST_SCREENING',
      state: 'DONE',
      report: {
        recommendation: { value: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
        breakdown: [],
        watchlist_summary: {
          total_hits: 2,
          search_config: { categories: ['SANCTIONS', 'ADVERSE_MEDIA'] },
          raw_results: { media: { id: hits, type: 'JSON' } },
          associated_country_codes: ['GBR'],
        },
      },
    },
  ],
  identity_profile: {
    result: 'DONE',
    failure_reason: {
      reason_code: 'LEVEL_OF_ASSURANCE_NOT_SUFFICIENT',
      requirements_not_met_details: [
        { failure_type: 'ID_DOCUMENT_AUTHENTICITY', document_type: 'PASSPORT', details: 'Blurred' },
      ],
    },
    identity_profile_report: {
      trust_framework: 'UK_TFIDA',
      schemes_compliance: [
        { scheme: { type: 'DBS', objective: 'STANDARD' }, requirements_met: false },
        { scheme: { type: 'RTW' }, requirements_met: true },
      ],
      media: { id: report, type: 'JSON' },
    },
  },
});

/** A case in review about which Yoti tells everything. */
async function inReview(): Promise<Any> {
  yoti.edit(difficult);
  const session = await createSession(tenant, { policy: 'expanded' });
  await finishSession(app, tenant, session, 'liveness_second_try');
  return eventually(async () => {
    const { body } = await tenant.key.get(`/v1/sessions/${session.id}`);
    return body.outcome === 'in_review' ? body : undefined;
  });
}

async function showsEverything(page: Page): Promise<void> {
  const zone = page.getByRole('region', { name: 'Machine-readable zone' });
  await zone.getByText('Check digits wrong').waitFor();
  await zone.getByRole('listitem').filter({ hasText: 'Document number' }).getByLabel('Wrong').waitFor();
  await zone.getByRole('listitem').filter({ hasText: 'Date of birth' }).getByLabel('Right').waitFor();
  await page.getByText('2 fields differ between sources: document number, expiration date').waitFor();
  const sources = page.getByRole('list', { name: 'Sources of expiration date' });
  await sources.getByText('2049-12-31').waitFor();
  await sources.getByRole('listitem').filter({ hasText: 'MRZ lines' }).getByLabel('differs').waitFor();
  await page
    .getByRole('row', { name: /^Family name/ })
    .getByText('Yoti · Printed')
    .waitFor();

  await page.getByText('The evidence does not reach the level of assurance asked for.').waitFor();
  await page.getByText('Requirements not met', { exact: true }).waitFor();
  await page.getByRole('list', { name: 'What is not met' }).getByText('Document authenticity').waitFor();
  await page.getByText('GPG45').waitFor();
  await page.getByText('Sanctions, Adverse media').waitFor();
  await page.getByText('Stamp of the day').waitFor();
  await page.getByRole('button', { name: /Selfie \(attempt 1, not counted\)/ }).waitFor();
}

describe('a difficult result in the console', () => {
  it('shows a reviewer sources, check digits, profiles, hits, devices and what nobody foresaw', async () => {
    const session = await inReview();
    const page = await people.as(tenant, 'reviewer');
    await page.goto(`${app.url}/console/reviews/${session.reviewId}`);
    await showsEverything(page);
    await page.getByRole('button', { name: 'Show the hits' }).press('Enter');
    await page.getByLabel('Hits').getByText('A LISTED PERSON').waitFor();
    await page.getByRole('button', { name: 'Ask Yoti for the devices' }).press('Enter');
    const devices = page.getByRole('region', { name: 'Devices' });
    await devices.getByText('203.0.113.7 (GBR)').waitFor();
    await devices.getByText('Shade').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('shows the same on the page of the session, in the dark too', async () => {
    const session = await inReview();
    const page = await people.as(tenant, 'reviewer', 'dark');
    await page.goto(`${app.url}/console/sessions/${session.id}`);
    await page.getByRole('button', { name: 'View result' }).click();
    await showsEverything(page);
    expect(await seriousViolations(page)).toEqual([]);
  });
});
