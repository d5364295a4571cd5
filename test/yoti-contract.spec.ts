import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import yoti from 'yoti';
import { finishAsAgent, registerApp, signedCall, simulatedYoti } from './support/simulated-yoti.js';
import { refusal, specification, yotiContract, type SpecificationBuilder } from './support/yoti-contract.js';

/** The SDK's declarations leave these lists untyped. */
interface Document {
  getType(): string;
  getIsStrictlyLatin(): boolean;
}
interface Country {
  getCode(): string;
  getSupportedDocuments(): Document[];
}

const contract = yotiContract();
const client = () => contract.app().client;

describe('createSession', () => {
  it('answers with id, token and remaining seconds', async () => {
    const { id, token, created } = await contract.create();
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.getClientSessionTokenTtl()).toBe(900);
  });

  it('takes names outside ASCII', async () => {
    const tracking = 'Zoë 山田 Łukasz 🌍';
    const { id } = await contract.create(specification((builder) => builder.withUserTrackingId(tracking)));
    expect((await client().getSession(id)).getUserTrackingId()).toBe(tracking);
  });

  it.each<[string, (builder: SpecificationBuilder) => unknown, string]>([
    ['a short token', (b) => b.withClientSessionTokenTtl(300), 'client_session_token_ttl'],
    [
      'a deadline beside a token TTL',
      (b) => b.withSessionDeadline(new Date(Date.now() + 3_600_000)),
      'session_deadline',
    ],
    ['retention under a day', (b) => b.withResourcesTtl(3600), 'resources_ttl'],
    [
      'a second liveness check',
      (b) => b.withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forStaticLiveness().build()),
      'requested_checks[3].config.liveness_type',
    ],
    [
      'a filter that leaves nothing',
      (b) =>
        b.withRequiredDocument(
          new yoti.RequiredIdDocumentBuilder()
            .withFilter(
              new yoti.OrthogonalRestrictionsFilterBuilder()
                .withWhitelistedCountries(['GBR'])
                .withWhitelistedDocumentTypes(['AADHAAR'])
                .build(),
            )
            .build(),
        ),
      'required_documents[0].filter',
    ],
    [
      'a notification endpoint that is no URL',
      (b) => b.withNotifications(new yoti.NotificationConfigBuilder().withEndpoint('nowhere').build()),
      'notifications.endpoint',
    ],
    [
      'a colour that is none',
      (b) => b.withSdkConfig(new yoti.SdkConfigBuilder().withPrimaryColour('blue').build()),
      'sdk_config.primary_colour',
    ],
  ])('refuses %s with PAYLOAD_VALIDATION', async (_name, change, property) => {
    expect(await refusal(client().createSession(specification(change)))).toEqual({
      status: 400,
      code: 'PAYLOAD_VALIDATION',
      properties: [property],
    });
  });

  it('refuses a specification without checks, and a face match without a face', async () => {
    const empty = new yoti.SessionSpecificationBuilder().build();
    expect((await refusal(client().createSession(empty))).properties).toEqual(['requested_checks']);
    const faceless = new yoti.SessionSpecificationBuilder()
      .withRequestedCheck(new yoti.RequestedFaceMatchCheckBuilder().withManualCheckNever().build())
      .build();
    expect((await refusal(client().createSession(faceless))).properties).toEqual(['requested_checks[0]']);
  });

  it('refuses http endpoints when it is told to be strict', async () => {
    const strict = await simulatedYoti({ allowHttpNotifications: false });
    const spec = specification((builder) =>
      builder.withNotifications(
        new yoti.NotificationConfigBuilder().withEndpoint('http://127.0.0.1:9/hook').build(),
      ),
    );
    expect((await refusal(strict.app.client.createSession(spec))).properties).toEqual([
      'notifications.endpoint',
    ]);
    await strict.simulator.close();
  });

  it('makes 200 sessions at once, all different', async () => {
    const created = await Promise.all(Array.from({ length: 200 }, () => contract.create()));
    expect(new Set(created.map(({ id }) => id)).size).toBe(200);
  });
});

describe('getSession', () => {
  it('is empty at first and shows the token', async () => {
    const { id, token } = await contract.create();
    const result = await client().getSession(id);
    expect(result.getState()).toBe('ONGOING');
    expect(result.getClientSessionToken()).toBe(token);
    expect(result.getChecks()).toEqual([]);
    expect(result.getResources().getIdDocuments()).toEqual([]);
  });

  it('gives every part of a completed session through the getters', async () => {
    const { result } = await contract.complete();
    expect(result.getState()).toBe('COMPLETED');
    expect(result.getClientSessionToken()).toBeUndefined();
    expect(result.getBiometricConsentTimestamp()).toBeInstanceOf(Date);
    const [authenticity] = result.getAuthenticityChecks();
    const [liveness] = result.getLivenessChecks();
    const [faceMatch] = result.getFaceMatchChecks();
    for (const check of [authenticity, liveness, faceMatch]) {
      expect(check?.getState()).toBe('DONE');
      expect(check?.getReport().getRecommendation().getValue()).toBe('APPROVE');
      expect(check?.getReport().getBreakdown().length).toBeGreaterThan(0);
    }
    const [document] = result.getResources().getIdDocuments();
    const [capture] = result.getResources().getZoomLivenessResources();
    expect(document?.getDocumentType()).toBeTruthy();
    expect(document?.getPages()[0]?.getFrames()).toHaveLength(2);
    expect(document?.getTextExtractionTasks()[0]?.getState()).toBe('DONE');
    expect(document?.getDocumentIdPhoto().getMedia().getType()).toBe('IMAGE');
    expect(capture?.getFrames()).toHaveLength(7);
    expect(capture?.getFaceMap().getMedia().getType()).toBe('BINARY');
    expect(faceMatch?.getResourcesUsed()).toEqual([capture?.getId(), document?.getId()]);
  });

  it('shows reports only after the delay, and the token only while the person is at it', async () => {
    const session = await contract.create();
    const delay = { check_reports: { async_report_delay: 60 } };
    await signedCall(
      contract.simulator(),
      contract.app(),
      'PUT',
      `/sessions/${session.id}/response-config`,
      delay,
    );
    await finishAsAgent(contract.simulator(), contract.app(), session);
    await contract.simulator().advanceClock(30);
    const waiting = await client().getSession(session.id);
    expect(waiting.getState()).toBe('ONGOING');
    expect(waiting.getClientSessionToken()).toBeUndefined();
    expect(waiting.getLivenessChecks()[0]?.getState()).toBe('DONE');
    expect(waiting.getAuthenticityChecks()[0]?.getState()).toBe('PENDING');
    expect(waiting.getAuthenticityChecks()[0]?.getReport()).toBeUndefined();
    await contract.simulator().advanceClock(31);
    expect((await client().getSession(session.id)).getState()).toBe('COMPLETED');
  });

  it('expires with its token, but not once the person has finished', async () => {
    const abandoned = await contract.create();
    const finished = await contract.create();
    await finishAsAgent(contract.simulator(), contract.app(), finished);
    await contract.simulator().advanceClock(901);
    const expired = await client().getSession(abandoned.id);
    expect(expired.getState()).toBe('EXPIRED');
    expect(expired.getClientSessionTokenTtl()).toBe(0);
    expect((await client().getSession(finished.id)).getState()).toBe('COMPLETED');
  });

  it('forgets everything when retention ends', async () => {
    const { id } = await contract.complete({
      spec: specification((builder) => builder.withResourcesTtl(90_000)),
    });
    await contract.simulator().advanceClock(91_000);
    expect(await refusal(client().getSession(id))).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    });
  });

  it('refuses unknown and foreign sessions with their own codes', async () => {
    const { id } = await contract.create();
    const other = registerApp(contract.simulator());
    expect(await refusal(client().getSession(randomUUID()))).toMatchObject({
      status: 404,
      code: 'SESSION_NOT_FOUND',
    });
    expect(await refusal(other.client.getSession(id))).toMatchObject({ status: 401, code: 'BAD_SDK_ID' });
  });
});

describe('deleteSession', () => {
  it('deletes untouched and completed sessions, not running ones', async () => {
    const untouched = await contract.create();
    await client().deleteSession(untouched.id);
    expect((await refusal(client().getSession(untouched.id))).code).toBe('SESSION_NOT_FOUND');

    const running = await contract.create();
    await finishAsAgent(contract.simulator(), contract.app(), running);
    expect(await refusal(client().deleteSession(running.id))).toMatchObject({
      status: 409,
      code: 'RESOURCE_LOCKED',
    });
    await contract.simulator().advanceClock(5);
    await client().deleteSession(running.id);
    expect((await refusal(client().deleteSession(running.id))).code).toBe('SESSION_NOT_FOUND');
  });
});

describe('getSupportedDocuments', () => {
  it('lists countries, with other scripts only on request', async () => {
    const latin = await client().getSupportedDocuments(false);
    const all = await client().getSupportedDocuments(true);
    const greece = (list: typeof all) =>
      list.getSupportedCountries().find((country: Country) => country.getCode() === 'GRC');
    expect(latin.getSupportedCountries().length).toBeGreaterThan(80);
    expect(
      greece(latin)
        ?.getSupportedDocuments()
        .map((document: Document) => document.getType()),
    ).toEqual(['PASSPORT', 'TRAVEL_DOCUMENT']);
    const national = greece(all)
      ?.getSupportedDocuments()
      .find((document: Document) => document.getType() === 'NATIONAL_ID');
    expect(national?.getIsStrictlyLatin()).toBe(false);
  });
});

describe('getSessionConfiguration', () => {
  it('lists what has to be captured', async () => {
    const { id } = await contract.create(
      specification((builder) =>
        builder.withRequiredDocument(
          new yoti.RequiredIdDocumentBuilder()
            .withFilter(
              new yoti.DocumentRestrictionsFilterBuilder()
                .forWhitelist()
                .withDocumentRestriction(
                  new yoti.DocumentRestrictionBuilder()
                    .withCountries(['GBR'])
                    .withDocumentTypes(['PASSPORT', 'DRIVING_LICENCE'])
                    .build(),
                )
                .build(),
            )
            .build(),
        ),
      ),
    );
    const configuration = await client().getSessionConfiguration(id);
    const capture = configuration.getCapture();
    if (!capture) throw new Error('No capture');
    expect(configuration.getSessionId()).toBe(id);
    expect(capture.getBiometricConsent()).toBe('REQUIRED');
    const [document] = capture.getIdDocumentResourceRequirements();
    expect(document?.getSupportedCountries()).toHaveLength(1);
    expect(document?.getState()).toBe('REQUIRED');
    expect(capture.getZoomLivenessResourceRequirements()).toHaveLength(1);
  });
});

describe('tracked devices', () => {
  it('lists what the person did, until deleted', async () => {
    const { id } = await contract.complete();
    const events = (await client().getSessionTrackedDevices(id)).getDeviceEvents();
    expect(events.map((event) => event.getEvent())).toEqual([
      'CONFIG_FIRST_LOADED',
      'RESOURCE_CREATED',
      'RESOURCE_CREATED',
      'CLIENT_SESSION_TOKEN_DELETED',
    ]);
    await client().deleteSessionTrackedDevices(id);
    expect((await client().getSessionTrackedDevices(id)).getDeviceEvents()).toEqual([]);
  });
});
