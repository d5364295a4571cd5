import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import yoti from 'yoti';
import type { Simulator } from '../../src/simulator/simulator.js';
import { launchBrowser } from '../support/browser.js';
import { simulatedYoti, type YotiApp } from '../support/simulated-yoti.js';

type Builder = InstanceType<typeof yoti.SessionSpecificationBuilder>;
type SdkConfig = InstanceType<typeof yoti.SdkConfigBuilder>;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let simulator: Simulator;
let app: YotiApp;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** Serves a page of another origin that frames the client and keeps its messages. */
let host: Server;
let hostUrl: string;

beforeAll(async () => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
  ({ simulator, app } = await simulatedYoti({ now: Date.now, timing: { extractionDelay: 0.05 } }));
  browser = await launchBrowser();
  host = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://host').searchParams;
    const init = { eventType: 'INIT_SESSION', sessionID: query.get('id'), sessionToken: query.get('token') };
    response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Host</title>
      <iframe title="Identity check" width="480" height="800" allow="camera" src="${simulator.baseUrl}/web/index.html"></iframe>
      <script>
        window.messages = [];
        addEventListener('message', ({ data, source, origin }) => {
          messages.push({ ...data, origin });
          if (data.eventType === 'STARTED') source.postMessage(${JSON.stringify(init)}, ${JSON.stringify(simulator.origin)});
        });
      </script>`);
  });
  await new Promise<void>((resolve) => {
    host.listen(0, '127.0.0.1', resolve);
  });
  hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
});

beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 420, height: 860 } });
  page = await context.newPage();
});

afterEach(() => context.close());
afterAll(async () => {
  await browser.close();
  host.closeAllConnections();
  host.close();
  await simulator.close();
  jest.restoreAllMocks();
});

async function create(
  configure: (sdk: SdkConfig) => unknown = () => undefined,
  more: (b: Builder) => unknown = () => undefined,
) {
  const sdk = new yoti.SdkConfigBuilder().withAllowsCameraAndUpload().withPresetIssuingCountry('FRA');
  configure(sdk);
  const builder = new yoti.SessionSpecificationBuilder()
    .withRequestedCheck(
      new yoti.RequestedDocumentAuthenticityCheckBuilder().withManualCheckFallback().build(),
    )
    .withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forZoomLiveness().withMaxRetries(2).build())
    .withRequestedTask(new yoti.RequestedTextExtractionTaskBuilder().withManualCheckNever().build())
    .withSdkConfig(sdk.build());
  more(builder);
  const created = await app.client.createSession(builder.build());
  const [id, token] = [created.getSessionId(), created.getClientSessionToken()];
  return { id, token, url: `${simulator.baseUrl}/web/index.html?sessionID=${id}&sessionToken=${token}` };
}

type Surface = Page | FrameLocator;
const press = (on: Surface, name: string) => on.getByRole('button', { name, exact: true }).click();

async function presentDocument(on: Surface, type: string): Promise<void> {
  await press(on, 'Continue');
  await press(on, type);
  await press(on, 'Use a specimen document');
  await press(on, 'Image is clear');
}

async function walk(on: Surface, type = 'Passport'): Promise<void> {
  await press(on, 'Agree and continue');
  await presentDocument(on, type);
  await press(on, 'Use a specimen face');
  await heading(on, 'All done');
}

const choose = async (on: Surface, label: string, value: string) => {
  await on.getByText('Simulator', { exact: true }).click();
  await on.getByRole('combobox', { name: label }).selectOption(value);
};

const heading = (on: Surface, name: string) => on.getByRole('heading', { name }).waitFor();
/** Serious violations on the page as it is. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    `axe.run().then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id))`,
  );
  return found as string[];
}

describe('the client in a page of its own', () => {
  it('walks from consent to the end, and the session completes', async () => {
    const session = await create();
    await page.goto(session.url);
    await walk(page, 'National identity card');
    await press(page, 'Finish');
    await heading(page, 'Thank you');
    await simulator.advanceClock(5);
    const result = await app.client.getSession(session.id);
    expect(result.getState()).toBe('COMPLETED');
    expect(result.getResources().getIdDocuments()[0]?.getIssuingCountry()).toBe('FRA');
    const events = (await app.client.getSessionTrackedDevices(session.id)).getDeviceEvents();
    expect(events.map((event) => event.getEvent())).toEqual([
      'CONFIG_FIRST_LOADED',
      'RESOURCE_CREATED',
      'RESOURCE_CREATED',
      'CLIENT_SESSION_TOKEN_DELETED',
    ]);
  });

  it('has no serious accessibility violation on any screen', async () => {
    const session = await create();
    await page.goto(session.url);
    await heading(page, 'Before we start');
    expect(await violations()).toEqual([]);
    await press(page, 'Agree and continue');
    await heading(page, 'Where was your document issued?');
    expect(await violations()).toEqual([]);
    await press(page, 'Continue');
    await heading(page, 'Choose your document');
    expect(await violations()).toEqual([]);
    await press(page, 'Passport');
    await page.getByText('Simulator', { exact: true }).click();
    expect(await violations()).toEqual([]);
    await press(page, 'Use a specimen document');
    await heading(page, 'Is the image clear?');
    expect(await violations()).toEqual([]);
    await press(page, 'Image is clear');
    await press(page, 'Use a specimen face');
    await heading(page, 'All done');
    expect(await violations()).toEqual([]);
  });

  it('keeps what the camera took and serves it as media', async () => {
    const session = await create();
    await page.goto(session.url);
    await press(page, 'Agree and continue');
    await press(page, 'Continue');
    await press(page, 'Passport');
    await press(page, 'Open camera');
    await press(page, 'Take photo');
    await press(page, 'Image is clear');
    await press(page, 'Open camera');
    await press(page, 'Take selfie');
    await press(page, 'Finish');
    const resources = (await app.client.getSession(session.id)).getResources();
    for (const id of [
      resources.getIdDocuments()[0]?.getPages()[0]?.getMedia().getId(),
      resources.getZoomLivenessResources()[0]?.getFrames()[0]?.getMedia().getId(),
    ]) {
      expect((await app.client.getMediaContent(session.id, id ?? ''))?.getMimeType()).toBe('image/jpeg');
    }
  });

  it('tries liveness again when the scenario says so', async () => {
    const session = await create();
    await page.goto(session.url);
    await choose(page, 'Scenario', 'liveness_second_try');
    await press(page, 'Agree and continue');
    await presentDocument(page, 'Passport');
    await press(page, 'Use a specimen face');
    await press(page, 'Try again');
    await press(page, 'Use a specimen face');
    await heading(page, 'All done');
  });

  it('ends with 4001 when the document stays expired, and at the error URL', async () => {
    const session = await create((sdk) => sdk.withErrorUrl(`${hostUrl}failed?from=test`));
    simulator.setScenario('expired_document', session.id);
    await page.goto(session.url);
    await press(page, 'Agree and continue');
    await presentDocument(page, 'Passport');
    await press(page, 'Try again');
    await presentDocument(page, 'Passport');
    await page.waitForURL(`${hostUrl}failed?from=test&sessionID=${session.id}&yotiErrorCode=4001`);
  });

  it('goes to the success URL and keeps its query', async () => {
    const session = await create((sdk) => sdk.withSuccessUrl(`${hostUrl}done?step=2`));
    await page.goto(session.url);
    await walk(page);
    await press(page, 'Finish');
    await page.waitForURL(`${hostUrl}done?step=2&sessionID=${session.id}`);
  });

  it('skips what is not needed: consent, one country, the closing screen', async () => {
    const british = new yoti.OrthogonalRestrictionsFilterBuilder()
      .withWhitelistedCountries(['GBR'])
      .withWhitelistedDocumentTypes(['DRIVING_LICENCE'])
      .build();
    const session = await create(
      (sdk) => sdk.withSuppressedScreens(['FLOW_COMPLETION']),
      (builder) =>
        builder
          .withBlockBiometricConsent(true)
          .withRequiredDocument(new yoti.RequiredIdDocumentBuilder().withFilter(british).build()),
    );
    await page.goto(session.url);
    await press(page, 'Driving licence');
    await press(page, 'Use a specimen document');
    await page.getByRole('img', { name: 'Back of the captured document' }).waitFor();
    await press(page, 'Image is clear');
    await press(page, 'Use a specimen face');
    await heading(page, 'Thank you');
  });

  it('completes or abandons from the simulator panel', async () => {
    const session = await create();
    await page.goto(session.url);
    await page.getByText('Simulator', { exact: true }).click();
    await press(page, 'Complete with specimens');
    await heading(page, 'All done');
    const left = await create();
    await page.goto(left.url);
    await page.getByText('Simulator', { exact: true }).click();
    await press(page, 'Leave without finishing');
    await heading(page, 'The person left');
    expect((await app.client.getSession(left.id)).getState()).toBe('ONGOING');
  });

  it.each([
    ['2004', ''],
    ['2003', '?sessionID=00000000-0000-4000-8000-000000000000'],
    ['2001', '?sessionID=00000000-0000-4000-8000-000000000000&sessionToken=x'],
  ])('ends with %s when opened wrongly', async (code, query) => {
    await page.goto(`${simulator.baseUrl}/web/index.html${query}`);
    await page.getByText(`Error code ${code}`).waitFor();
  });

  it('ends with 2000 for a wrong token and 2002 after expiry', async () => {
    const session = await create();
    await page.goto(`${simulator.baseUrl}/web/index.html?sessionID=${session.id}&sessionToken=wrong`);
    await page.getByText('Error code 2000').waitFor();
    await simulator.advanceClock(700);
    await page.goto(session.url);
    await page.getByText('Error code 2002').waitFor();
  });
});

describe('the client in a frame of another origin', () => {
  it('asks for its session, and reports success from its own origin', async () => {
    const session = await create();
    await page.goto(`${hostUrl}?id=${session.id}&token=${session.token}`);
    const frame = page.frameLocator('iframe');
    await walk(frame);
    await press(frame, 'Finish');
    await page.waitForFunction('messages.length === 2');
    expect(await page.evaluate('messages')).toEqual([
      { eventType: 'STARTED', origin: simulator.origin },
      { eventType: 'SUCCESS', origin: simulator.origin },
    ]);
  });

  it('reports the error the developer picked', async () => {
    const session = await create();
    await page.goto(`${hostUrl}?id=${session.id}&token=${session.token}`);
    const frame = page.frameLocator('iframe');
    await choose(frame, 'Error code', '5010');
    await press(frame, 'End with this error');
    await page.waitForFunction('messages.length === 2');
    expect(await page.evaluate('messages[1].eventCode')).toBe(5010);
  });

  it('reports a cancellation and a missing document', async () => {
    for (const [buttons, code] of [
      [['Cancel'], 1000],
      [['Agree and continue', 'Continue', "I don't have any of these"], 7000],
    ] as const) {
      const session = await create();
      await page.goto(`${hostUrl}?id=${session.id}&token=${session.token}`);
      const frame = page.frameLocator('iframe');
      for (const name of buttons) await press(frame, name);
      await page.waitForFunction('messages.length === 2');
      expect(await page.evaluate('messages[1].eventCode')).toBe(code);
    }
  });
});
