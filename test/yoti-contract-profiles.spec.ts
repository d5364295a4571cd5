import { describe, expect, it } from '@jest/globals';
import yoti from 'yoti';
import type { ScenarioInput } from '../src/simulator/scenario.schema.js';
import type { Any } from './support/client.js';
import { signedCall } from './support/simulated-yoti.js';
import { yotiContract } from './support/yoti-contract.js';

const contract = yotiContract();
const client = () => contract.app().client;

type Json = Record<string, unknown>;

/** Creates from a body as it is, since the builders lack some of its fields; plays, and lets the checks end. */
async function complete(body: Json, scenario: string | ScenarioInput = 'happy') {
  const answer = await signedCall(contract.simulator(), contract.app(), 'POST', '/sessions', {
    client_session_token_ttl: 900,
    ...body,
  });
  const { session_id: id } = answer.getParsedResponse() as { session_id: string };
  contract.simulator().setScenario(scenario, id);
  contract.simulator().play(id);
  await contract.simulator().advanceClock(10);
  return { id, result: await client().getSession(id), raw: await rawOf(id) };
}

async function rawOf(id: string): Promise<Any> {
  const answer = await signedCall(contract.simulator(), contract.app(), 'GET', `/sessions/${id}`);
  return answer.getParsedResponse();
}

const plain = (type: string, objective?: string) => ({
  identity_profile_requirements: {
    trust_framework: 'UK_TFIDA',
    scheme: { type, ...(objective !== undefined && { objective }) },
  },
  subject: { subject_id: 'subject-1' },
});

const advanced = {
  advanced_identity_profile_requirements: {
    profiles: [
      { trust_framework: 'UK_TFIDA', schemes: [{ type: 'DBS', objective: 'BASIC', label: 'basic' }] },
      { trust_framework: 'YOTI_GLOBAL', schemes: [{ type: 'GBR_RTW_SHARECODE', label: 'code' }] },
    ],
  },
};

const saying = (type: string, value: string, reason: string): ScenarioInput => ({
  name: 'saying',
  title: 'One report',
  description: 'One check says what the test wants.',
  check_reports: { [type]: [{ result: { report: { recommendation: { value, reason } } } }] },
});

describe('identity profiles', () => {
  it('are done with a report that is media of the session', async () => {
    const { id, result } = await complete(plain('RTW'));
    const profile = result.getIdentityProfile();
    expect(profile.getSubjectId()).toBe('subject-1');
    expect(profile.getResult()).toBe('DONE');
    const report = profile.getIdentityProfileReport();
    expect(report?.getTrustFramework()).toBe('UK_TFIDA');
    const [compliance] = report?.getSchemesCompliance() ?? [];
    expect(compliance?.getScheme().getType()).toBe('RTW');
    expect(compliance?.isRequirementsMet()).toBe(true);
    const media = await client().getMediaContent(id, report?.getMedia().getId() ?? '');
    expect(JSON.parse(media?.getContent().toString() ?? '')).toMatchObject({
      identity_assertion: { date_of_birth: expect.any(String) },
      verification_report: { trust_framework: 'UK_TFIDA', evidence: { documents: [expect.any(Object)] } },
      proof: expect.any(String),
    });
  });

  it.each([
    ['ID_DOCUMENT_AUTHENTICITY', 'REJECT', 'COUNTERFEIT', 'FRAUD_DETECTED', 'ID_DOCUMENT_AUTHENTICITY'],
    [
      'ID_DOCUMENT_AUTHENTICITY',
      'NOT_AVAILABLE',
      'PHOTO_TOO_DARK',
      'UNABLE_TO_VALIDATE_DOCUMENT',
      'ID_DOCUMENT_AUTHENTICITY',
    ],
    [
      'ID_DOCUMENT_FACE_MATCH',
      'REJECT',
      'DIFFERENT_PERSON',
      'FACE_MATCH_VERIFICATION_FAILED',
      'ID_DOCUMENT_FACE_MATCH',
    ],
  ])('are aborted when %s says %s', async (type, value, reason, code, failure) => {
    const { result } = await complete(plain('RTW'), saying(type, value, reason));
    const profile = result.getIdentityProfile();
    expect(profile.getResult()).toBe('ABORTED');
    expect(profile.getIdentityProfileReport()).toBeUndefined();
    expect(profile.getFailureReason()?.getReasonCode()).toBe(code);
    const [detail] = profile.getFailureReason()?.getRequirementsNotMetDetails() ?? [];
    expect(detail?.getFailureType()).toBe(failure);
    expect(detail?.getDocumentType()).toBe('PASSPORT');
    expect(detail?.getDetails()).toBe(reason);
    expect(result.getChecks().map((check) => check.getId())).toContain(detail?.getAuditId());
  });

  it('are done without an address for a DBS, but say so', async () => {
    const { result } = await complete(
      plain('DBS', 'BASIC'),
      saying('THIRD_PARTY_IDENTITY', 'CONSIDER', 'NO_MATCH'),
    );
    const [compliance] = result.getIdentityProfile().getIdentityProfileReport()?.getSchemesCompliance() ?? [];
    expect(compliance?.isRequirementsMet()).toBe(false);
    expect(compliance?.getRequirementsNotMetInfo()).toBe('UNABLE_TO_VERIFY_ADDRESS');
    expect(compliance?.getScheme().getObjective()).toBe('BASIC');
  });

  it('are abandoned two hours after the session has expired', async () => {
    const { id } = await complete(plain('RTR'), 'user_abandons');
    await contract.simulator().advanceClock(900);
    const expired = await client().getSession(id);
    expect(expired.getState()).toBe('EXPIRED');
    expect(expired.getIdentityProfile()).toBeUndefined();
    await contract.simulator().advanceClock(7200);
    const abandoned = (await client().getSession(id)).getIdentityProfile();
    expect(abandoned.getResult()).toBe('ABORTED');
    expect(abandoned.getFailureReason()?.getReasonCode()).toBe('ABANDONED');
  });

  it('can be advanced, and take a share code', async () => {
    const { id, result, raw } = await complete(advanced);
    const report = result.getAdvancedIdentityProfile().getIdentityProfileReport();
    const frameworks = report
      ?.getCompliance()
      .map((one) => [
        one.getTrustFramework(),
        one.getSchemesCompliance().map((scheme) => scheme.getScheme().getLabel()),
      ]);
    expect(frameworks).toEqual([
      ['UK_TFIDA', ['basic']],
      ['YOTI_GLOBAL', ['code']],
    ]);
    const [code] = result.getResources().getShareCodeResources();
    const parts = {
      lookup: code?.getLookupProfile(),
      returned: code?.getReturnedProfile(),
      photo: code?.getIdPhoto(),
      file: code?.getFile(),
    };
    const types = await Promise.all(
      Object.values(parts).map(async (part) => {
        const media = await client().getMediaContent(id, part?.getMedia().getId() ?? '');
        return media?.getMimeType();
      }),
    );
    expect(types).toEqual(['application/json', 'application/json', 'image/png', 'application/pdf']);
    expect(raw.resources.share_codes[0].tasks).toMatchObject([
      { type: 'VERIFY_SHARE_CODE_TASK', state: 'DONE' },
    ]);
  });

  it('come with a preview and an import token when these are asked for', async () => {
    const asked = { ...plain('RTW'), create_identity_profile_preview: true, import_token: { ttl: 3600 } };
    const { raw } = await complete(asked);
    expect(raw.identity_profile_preview.media).toMatchObject({ type: 'JSON' });
    expect(raw.import_token.media).toMatchObject({ type: 'JSON' });
    const failed = await complete(asked, 'forged_document');
    expect(failed.raw.import_token).toEqual({ failure_reason: 'FRAUD_DETECTED' });
  });

  it('carry fraud checks when the scenario has reports for them', async () => {
    const { result } = await complete(
      plain('RTW'),
      saying('THIRD_PARTY_IDENTITY_FRAUD_1', 'REJECT', 'HIGH_RISK'),
    );
    const [check] = result.getThirdPartyIdentityFraud1Checks();
    expect(check?.getReport().getRecommendation().getReason()).toBe('HIGH_RISK');
    expect(result.getIdentityProfile().getFailureReason()?.getReasonCode()).toBe('IDENTITY_CHECK_FAILED');
  });
});

describe('other resources', () => {
  const check = { type: 'LIVENESS', config: { liveness_type: 'STATIC' } };

  it('shows what the relying business told about the person', async () => {
    const told = { full_name: 'Someone Specimen', date_of_birth: '1990-01-01' };
    const { id, raw } = await complete({
      requested_checks: [check],
      resources: { applicant_profile: told },
    });
    const [profile] = raw.resources.applicant_profiles;
    expect(profile.source).toEqual({ type: 'RELYING_BUSINESS' });
    const media = await client().getMediaContent(id, profile.media.id);
    expect(JSON.parse(media?.getContent().toString() ?? '')).toEqual(told);
  });

  it('keeps an uploaded bill as a file beside its pages', async () => {
    const body = {
      requested_checks: [check],
      requested_tasks: [
        { type: 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION', config: { manual_check: 'NEVER' } },
      ],
      required_documents: [
        {
          type: 'SUPPLEMENTARY_DOCUMENT',
          objective: { type: 'PROOF_OF_ADDRESS' },
          document_types: ['BANK_STATEMENT'],
        },
      ],
    };
    const created = await signedCall(contract.simulator(), contract.app(), 'POST', '/sessions', body);
    const { session_id: id } = created.getParsedResponse() as { session_id: string };
    contract.simulator().play(id, { supplementary_documents: [{ capture_method: 'UPLOAD' }] });
    const [bill] = (await client().getSession(id)).getResources().getSupplementaryDocuments();
    expect(bill?.getDocumentType()).toBe('BANK_STATEMENT');
    expect(bill?.getPages()[0]?.getCaptureMethod()).toBe('UPLOAD');
    const { resources } = await rawOf(id);
    const file = await client().getMediaContent(id, resources.supplementary_documents[0].file.media.id);
    expect(file?.getMimeType()).toBe('application/pdf');
    expect(file?.getContent().subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('lists since when a document can be read', async () => {
    const answer = await signedCall(
      contract.simulator(),
      contract.app(),
      'GET',
      '/supported-documents',
      undefined,
      false,
    );
    const { supported_countries: countries } = answer.getParsedResponse();
    const france = countries.find(({ code }: Any) => code === 'FRA');
    expect(france.supported_documents).toContainEqual({
      type: 'DRIVING_LICENCE',
      is_strictly_latin: true,
      requirements: { date_from: '2013-09-01' },
    });
  });

  it('waits for the face that the relying business has to supply', async () => {
    const { token, id } = await contract.create(
      new yoti.SessionSpecificationBuilder()
        .withRequestedCheck(new yoti.RequestedFaceComparisonCheckBuilder().withManualCheckNever().build())
        .withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forStaticLiveness().build())
        .build(),
    );
    const opened = await fetch(`${contract.simulator().baseUrl}/sessions/${id}/configuration`, {
      headers: { 'x-yoti-auth-token': token },
    });
    expect(opened.status).toBe(409);
    expect(await opened.json()).toMatchObject({ code: 'SESSION_NOT_READY' });
    expect(() => contract.simulator().play(id)).toThrow('face capture');
  });
});
