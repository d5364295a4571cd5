import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { ScenarioInput } from '../../src/simulator/scenario.schema.js';
import type { Simulator } from '../../src/simulator/simulator.js';
import { launchBrowser } from '../support/browser.js';
import { signedCall, simulatedYoti, type YotiApp } from '../support/simulated-yoti.js';

let simulator: Simulator;
let app: YotiApp;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  ({ simulator, app } = await simulatedYoti({ now: Date.now, timing: { extractionDelay: 0.05 } }));
  browser = await launchBrowser();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 420, height: 860 } });
  page = await context.newPage();
});
afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  await simulator.close();
  jest.restoreAllMocks();
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const heading = (name: string) => page.getByRole('heading', { name }).waitFor();

const passport = {
  requested_checks: [{ type: 'LIVENESS', config: { liveness_type: 'STATIC', max_retries: 2 } }],
  requested_tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', config: { manual_check: 'FALLBACK' } }],
  required_documents: [
    {
      type: 'ID_DOCUMENT',
      filter: {
        type: 'ORTHOGONAL_RESTRICTIONS',
        country_restriction: { inclusion: 'INCLUDE', country_codes: ['GBR'] },
      },
    },
  ],
};

/** Creates a session and opens its page, once it has its scenario. */
async function open(body: object, scenario: Partial<ScenarioInput> = {}): Promise<string> {
  const answer = await signedCall(simulator, app, 'POST', '/sessions', body);
  const created = answer.getParsedResponse() as { session_id: string; client_session_token: string };
  const { session_id: id, client_session_token: token } = created;
  simulator.setScenario({ name: 'page', title: 'Page', description: 'For a page.', ...scenario }, id);
  await page.goto(`${simulator.baseUrl}/web/index.html?sessionID=${id}&sessionToken=${token}`);
  return id;
}

async function presentDocument(): Promise<void> {
  await press('Passport');
  await press('Use a specimen document');
  await press('Image is clear');
}

describe('the client follows its scenario', () => {
  it.each<[string, ScenarioInput['user'], number]>([
    ['before anything', [{ step: 'client_error', code: 5008 }], 5008],
    ['after the consent', [{ step: 'consent' }, { step: 'cancel' }], 1000],
    ['after the document', [{ step: 'present_document' }, { step: 'client_error', code: 5010 }], 5010],
    ['after the selfie', [{ step: 'liveness' }, { step: 'client_error', code: 5006 }], 5006],
  ])('to its end %s', async (_name, user, code) => {
    await open(passport, { user });
    if (code !== 5008) await press('Agree and continue');
    if (code === 5010 || code === 5006) await presentDocument();
    if (code === 5006) await press('Use a specimen face');
    await page.getByText(`Error code ${code}`).waitFor();
  });

  it('through the wrong document to the right one', async () => {
    const id = await open(passport, {
      user: [{ step: 'present_document', outcome: 'wrong_type' }, { step: 'present_document' }],
    });
    await press('Agree and continue');
    await presentDocument();
    await page.getByText('another document than the one you chose').waitFor();
    await press('Try again');
    await presentDocument();
    await press('Use a specimen face');
    await heading('All done');
    await simulator.advanceClock(5);
    expect((await app.client.getSession(id)).getState()).toBe('COMPLETED');
  });

  it('when the service is away for the page alone', async () => {
    await open(passport, {
      faults: [{ endpoint: 'client', kind: 'status', status: 503, from_call: 3 }],
    });
    await press('Agree and continue');
    await page.getByText('Error code 3000').waitFor();
  });

  it('and asks for a share code where the profile wants one', async () => {
    const id = await open({
      advanced_identity_profile_requirements: {
        profiles: [
          { trust_framework: 'YOTI_GLOBAL', schemes: [{ type: 'GBR_RTW_SHARECODE', label: 'code' }] },
        ],
      },
    });
    await press('Agree and continue');
    await press('Use a specimen share code');
    await press('Use a specimen face');
    await heading('All done');
    await simulator.advanceClock(5);
    const result = await app.client.getSession(id);
    expect(result.getResources().getShareCodeResources()).toHaveLength(1);
    expect(result.getAdvancedIdentityProfile().getResult()).toBe('DONE');
  });
});
