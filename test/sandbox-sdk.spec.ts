import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Simulator } from '../src/simulator/simulator.js';
import type { Any } from './support/client.js';
import {
  allMethods,
  breakdown,
  builder,
  calledMethods,
  documentFilter,
  recommendation,
  specification,
} from './support/sandbox.js';
import { finishAsAgent, simulatedYoti, type YotiApp } from './support/simulated-yoti.js';

const PHOTO = Buffer.from('a portrait, as far as bytes go');
const PASSPORT_FIELDS = { full_name: 'ZOË SPECIMEN', document_number: '123456789', nationality: 'GBR' };
const LICENCE_FIELDS = { full_name: 'ZOE SPECIMEN', document_number: 'SPECI912345' };
const BILL_FIELDS = { organisation: 'SPECIMEN WATER', date_of_issue: '2026-01-31' };
const PASSPORT = () => documentFilter('PASSPORT', 'GBR');
const LICENCE = () => documentFilter('DRIVING_LICENCE', 'GBR');

/** A check of the sandbox: its builder's name, what it says, and what else is set on the builder. */
const check = (
  name: string,
  [value, reason]: [string, string],
  set: (check: Any) => unknown = () => undefined,
) => {
  const made = builder(name)
    .withRecommendation(recommendation(value, reason, `AFTER_${reason}`))
    .withBreakdowns([breakdown(`${reason.toLowerCase()}_first`, 'FAIL')])
    .withBreakdown(breakdown(`${reason.toLowerCase()}_second`, 'NOT_AVAILABLE'));
  set(made);
  return made.build();
};

/** What `check` makes, as the result's report has it. */
const reported = (value: string, reason: string) => ({
  recommendation: { value, reason, recovery_suggestion: `AFTER_${reason}` },
  breakdown: [
    [`${reason.toLowerCase()}_first`, 'FAIL'],
    [`${reason.toLowerCase()}_second`, 'NOT_AVAILABLE'],
  ].map(([name, result]) => ({
    sub_check: name,
    result,
    details: [{ name: `${name}_detail`, value: `${result} of ${name}` }],
  })),
});

const plainReport = (report: Any) => ({
  recommendation: {
    value: report.getRecommendation().getValue(),
    reason: report.getRecommendation().getReason(),
    recovery_suggestion: report.getRecommendation().getRecoverySuggestion(),
  },
  breakdown: report.getBreakdown().map((line: Any) => ({
    sub_check: line.getSubCheck(),
    result: line.getResult(),
    details: line.getDetails().map((detail: Any) => ({ name: detail.getName(), value: detail.getValue() })),
  })),
});

const checkReports = () =>
  builder('SandboxCheckReportsBuilder')
    .withDocumentAuthenticityCheck(
      check('SandboxDocumentAuthenticityCheckBuilder', ['REJECT', 'TAMPERED'], (one) =>
        one.withDocumentFilter(PASSPORT()),
      ),
    )
    .withDocumentAuthenticityCheck(
      check('SandboxDocumentAuthenticityCheckBuilder', ['NOT_AVAILABLE', 'PHOTO_TOO_DARK'], (one) =>
        one.withDocumentFilter(LICENCE()),
      ),
    )
    .withDocumentFaceMatchCheck(
      check('SandboxDocumentFaceMatchCheckBuilder', ['REJECT', 'LARGE_AGE_GAP'], (one) =>
        one.withDocumentFilter(PASSPORT()),
      ),
    )
    .withDocumentFaceMatchCheck(
      check('SandboxDocumentFaceMatchCheckBuilder', ['APPROVE', 'SAME_PERSON'], (one) =>
        one.withDocumentFilter(LICENCE()),
      ),
    )
    .withLivenessCheck(check('SandboxZoomLivenessCheckBuilder', ['REJECT', 'NOT_LIVE']))
    .withLivenessCheck(check('SandboxZoomLivenessCheckBuilder', ['APPROVE', 'LIVE']))
    .withIdDocumentComparisonCheck(
      check('SandboxIdDocumentComparisonCheckBuilder', ['REJECT', 'MISMATCH'], (one) =>
        one.withDocumentFilter(PASSPORT()).withSecondaryDocumentFilter(LICENCE()),
      ),
    )
    .withThirdPartyIdentityCheck(
      check('SandboxThirdPartyIdentityCheckBuilder', ['CONSIDER', 'NO_MATCH'], (one) =>
        one.withDocumentFilter(PASSPORT()),
      ),
    )
    .withDocumentTextDataCheck(
      check('SandboxDocumentTextDataCheckBuilder', ['APPROVE', 'READABLE'], (one) =>
        one
          .withDocumentFields({ full_name: LICENCE_FIELDS.full_name })
          .withDocumentField('document_number', LICENCE_FIELDS.document_number)
          .withDocumentFilter(LICENCE()),
      ),
    )
    .withSupplementaryDocTextDataCheck(
      check('SandboxSupplementaryDocTextDataCheckBuilder', ['APPROVE', 'LEGIBLE'], (one) =>
        one
          .withDocumentFields({ organisation: BILL_FIELDS.organisation })
          .withDocumentField('date_of_issue', BILL_FIELDS.date_of_issue)
          .withDocumentFilter(documentFilter('UTILITY_BILL', 'GBR')),
      ),
    )
    .withAsyncReportDelay(5)
    .build();

const extraction = (name: string) => builder(name).withDocumentFilter(PASSPORT());
const advice = (choose: (one: Any) => Any, reason?: Any) => {
  const made = choose(builder('SandboxTextDataExtractionRecommendationBuilder'));
  return (reason ? made.withReason(reason) : made).build();
};
const reason = (choose: (one: Any) => Any, detail: string) =>
  choose(builder('SandboxTextDataExtractionReasonBuilder')).withDetail(detail).build();

const taskResults = () =>
  builder('SandboxTaskResultsBuilder')
    .withDocumentTextDataExtractionTask(
      extraction('SandboxDocumentTextDataExtractionTaskBuilder')
        .withDocumentFields({ full_name: PASSPORT_FIELDS.full_name })
        .withDocumentField('document_number', PASSPORT_FIELDS.document_number)
        .withDocumentField('nationality', PASSPORT_FIELDS.nationality)
        .withDocumentIdPhoto('image/jpeg', PHOTO)
        .withDetectedCountry('GBR')
        .withRecommendation(advice((one) => one.forProgress()))
        .build(),
    )
    .withSupplementaryDocTextDataExtractionTask(
      builder('SandboxSupplementaryDocTextDataExtractionTaskBuilder')
        .withDocumentFilter(documentFilter('UTILITY_BILL', 'GBR'))
        .withDocumentFields({ organisation: 'READ BY A MACHINE' })
        .withDocumentField('date_of_issue', '2020-01-01')
        .withDetectedCountry('GBR')
        .withRecommendation(advice((one) => one.forProgress()))
        .build(),
    )
    .build();

const responseConfig = (reports: Any, tasks: Any) =>
  builder('SandboxResponseConfigBuilder').withCheckReports(reports).withTaskResults(tasks).build();

beforeAll(() => {
  jest.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe.each(['/idverify/v1', '/sandbox/idverify/v1'])('the sandbox package at %s', (basePath) => {
  let simulator: Simulator;
  let app: YotiApp;
  let client: Any;

  beforeAll(async () => {
    ({ simulator, app } = await simulatedYoti({ basePath }));
    client = builder('SandboxIDVClientBuilder')
      .withClientSdkId(app.sdkId)
      .withPemString(app.pem)
      .withSandboxUrl(simulator.baseUrl)
      .build();
  });
  afterAll(() => simulator.close());

  const create = async () => {
    const created = await app.client.createSession(specification());
    return { id: created.getSessionId(), token: created.getClientSessionToken() };
  };
  const jsonOf = async (sessionId: string, media: Any): Promise<unknown> => {
    const content = await app.client.getMediaContent(sessionId, media.getMedia().getId());
    return JSON.parse(content?.getContent().toString() ?? 'null');
  };
  const reportsOf = (result: Any) =>
    result.getChecks().map((one: Any) => [one.getType(), plainReport(one.getReport())]);

  it('fixes the results of one session: every report and every field as configured', async () => {
    const session = await create();
    await client.configureSessionResponse(session.id, responseConfig(checkReports(), taskResults()));
    await finishAsAgent(simulator, app, session);
    await simulator.advanceClock(4);
    expect((await app.client.getSession(session.id)).getState()).toBe('ONGOING');
    await simulator.advanceClock(60);
    const result = await app.client.getSession(session.id);
    expect(result.getState()).toBe('COMPLETED');
    const expected = [
      ['ID_DOCUMENT_AUTHENTICITY', reported('REJECT', 'TAMPERED')],
      ['ID_DOCUMENT_AUTHENTICITY', reported('NOT_AVAILABLE', 'PHOTO_TOO_DARK')],
      ['ID_DOCUMENT_FACE_MATCH', reported('REJECT', 'LARGE_AGE_GAP')],
      ['ID_DOCUMENT_FACE_MATCH', reported('APPROVE', 'SAME_PERSON')],
      ['LIVENESS', reported('REJECT', 'NOT_LIVE')],
      ['LIVENESS', reported('APPROVE', 'LIVE')],
      ['ID_DOCUMENT_COMPARISON', reported('REJECT', 'MISMATCH')],
      ['THIRD_PARTY_IDENTITY', reported('CONSIDER', 'NO_MATCH')],
      ['ID_DOCUMENT_TEXT_DATA_CHECK', reported('APPROVE', 'READABLE')],
      ['SUPPLEMENTARY_DOCUMENT_TEXT_DATA_CHECK', reported('APPROVE', 'LEGIBLE')],
    ];
    const reports = reportsOf(result);
    expect(reports).toHaveLength(expected.length);
    expect(reports).toEqual(expect.arrayContaining(expected));

    const documents: Any[] = result.getResources().getIdDocuments();
    const [passport, licence] = ['PASSPORT', 'DRIVING_LICENCE'].map((type) =>
      documents.find((one) => one.getDocumentType() === type),
    );
    const [bill] = result.getResources().getSupplementaryDocuments();
    expect(await jsonOf(session.id, passport.getDocumentFields())).toEqual(PASSPORT_FIELDS);
    expect(await jsonOf(session.id, licence.getDocumentFields())).toEqual(LICENCE_FIELDS);
    expect(await jsonOf(session.id, bill?.getDocumentFields())).toEqual(BILL_FIELDS);
    const photo = await app.client.getMediaContent(
      session.id,
      passport.getDocumentIdPhoto().getMedia().getId(),
    );
    expect(photo?.getContent()).toEqual(PHOTO);
    expect(photo?.getMimeType()).toBe('image/jpeg');
  });

  it('fixes the results of a whole application; a session of its own results keeps those', async () => {
    const again = builder('SandboxDocumentTextDataExtractionTaskBuilder')
      .withRecommendation(
        advice(
          (one) => one.forMustTryAgain(),
          reason((one) => one.forQuality(), 'BLURRED'),
        ),
      )
      .build();
    const better = builder('SandboxDocumentTextDataExtractionTaskBuilder')
      .withDocumentField('full_name', 'SECOND TRY')
      .withRecommendation(
        advice(
          (one) => one.forShouldTryAgain(),
          reason((one) => one.forUserError(), 'OTHER_SIDE'),
        ),
      )
      .build();
    const tasks = builder('SandboxTaskResultsBuilder')
      .withDocumentTextDataExtractionTask(again)
      .withDocumentTextDataExtractionTask(better)
      .build();
    const none = builder('SandboxCheckReportsBuilder').build();
    const [own, common] = [await create(), await create()];
    await client.configureSessionResponse(own.id, responseConfig(checkReports(), taskResults()));
    await client.configureApplicationResponse(responseConfig(none, tasks));
    for (const session of [own, common]) await finishAsAgent(simulator, app, session);
    await simulator.advanceClock(60);
    expect(reportsOf(await app.client.getSession(own.id))).toHaveLength(10);
    const result = await app.client.getSession(common.id);
    const values = result.getChecks().map((one) => one.getReport().getRecommendation().getValue());
    expect(new Set(values)).toEqual(new Set(['APPROVE']));
    const passports: Any[] = result
      .getResources()
      .getIdDocuments()
      .filter((one: Any) => one.getDocumentType() === 'PASSPORT');
    expect(passports).toHaveLength(2);
    expect(await jsonOf(common.id, passports[0].getDocumentFields())).toEqual({ full_name: 'SECOND TRY' });
    expect(passports[1].getDocumentFields()).toBeUndefined();
  });

  it('leaves no part of the package untried', () => {
    expect(calledMethods()).toEqual(allMethods());
  });
});
