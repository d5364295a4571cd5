import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import yoti from 'yoti';
import { finishAsAgent, registerApp, signedCall } from './support/simulated-yoti.js';
import { SCENARIOS } from '../src/simulator/scenarios.js';
import { refusal, specification, yotiContract } from './support/yoti-contract.js';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const contract = yotiContract();
const client = () => contract.app().client;

describe('scenarios', () => {
  const answering = SCENARIOS.filter(({ faults }) => !faults).map(({ name }) => name);
  it.each(answering)('%s gives a result the SDK can read', async (name) => {
    const { result } = await contract.complete({ scenario: name });
    expect(['ONGOING', 'COMPLETED']).toContain(result.getState());
    expect(result.getResources().getIdDocuments().length).toBeGreaterThan(0);
  });

  it.each([
    ['forged_document', 'ID_DOCUMENT_AUTHENTICITY', 'REJECT', 'COUNTERFEIT'],
    ['face_mismatch', 'ID_DOCUMENT_FACE_MATCH', 'REJECT', 'DIFFERENT_PERSON'],
    ['blurred_not_available', 'ID_DOCUMENT_AUTHENTICITY', 'NOT_AVAILABLE', 'PHOTO_TOO_BLURRY'],
    ['manual_review', 'ID_DOCUMENT_FACE_MATCH', 'NOT_AVAILABLE', 'FACE_PHOTO_LOW_RESOLUTION'],
  ])('%s: %s says %s %s', async (name, type, value, reason) => {
    const { result } = await contract.complete({ scenario: name });
    const checks = result.getChecks();
    const recommendation = checks
      .find((check) => check.getType() === type)
      ?.getReport()
      .getRecommendation();
    expect(recommendation?.getValue()).toBe(value);
    expect(recommendation?.getReason()).toBe(reason);
  });

  it('keeps the failed liveness attempt beside the approved one', async () => {
    const { result } = await contract.complete({ scenario: 'liveness_second_try' });
    const values = result
      .getLivenessChecks()
      .map((check) => check.getReport().getRecommendation().getValue());
    expect(values).toEqual(['APPROVE', 'REJECT']);
    expect(result.getResources().getLivenessCapture()).toHaveLength(2);
    expect(result.getState()).toBe('COMPLETED');
  });

  it('adds a text data check when a person has to read the document', async () => {
    const { result } = await contract.complete({ scenario: 'extraction_manual_fallback' });
    const [check] = result.getIdDocumentTextDataChecks();
    const [document] = result.getResources().getIdDocuments();
    expect(document?.getTextExtractionTasks()[0]?.getGeneratedTextDataChecks()[0]?.getId()).toBe(
      check?.getId(),
    );
    expect(document?.getDocumentFields().getMedia().getId()).toBe(check?.getGeneratedMedia()[0]?.getId());
  });

  it('takes results for one session, and for a whole application', async () => {
    const other = registerApp(contract.simulator());
    const rejected = {
      check_reports: {
        ID_DOCUMENT_AUTHENTICITY: [
          {
            document_filter: { document_types: ['PASSPORT'] },
            result: {
              report: {
                recommendation: { value: 'REJECT', reason: 'TAMPERED' },
                breakdown: [{ sub_check: 'no_sign_of_tampering', result: 'FAIL', details: [] }],
              },
            },
          },
        ],
      },
      task_results: {
        ID_DOCUMENT_TEXT_DATA_EXTRACTION: [{ result: { document_fields: { full_name: 'ÅSA ÖBERG' } } }],
      },
    };
    await signedCall(
      contract.simulator(),
      other,
      'PUT',
      `/apps/${other.sdkId}/response-config`,
      rejected,
      false,
    );
    const session = await contract.create(specification(), other);
    await finishAsAgent(contract.simulator(), other, session, {
      id_documents: [{ issuing_country: 'GBR', document_type: 'PASSPORT' }],
    });
    await contract.simulator().advanceClock(5);
    const result = await other.client.getSession(session.id);
    expect(result.getAuthenticityChecks()[0]?.getReport().getRecommendation().getReason()).toBe('TAMPERED');
    const media = result.getResources().getIdDocuments()[0]?.getDocumentFields().getMedia().getId() ?? '';
    const content = await other.client.getMediaContent(session.id, media);
    expect(JSON.parse(content?.getContent().toString() ?? '')).toEqual({ full_name: 'ÅSA ÖBERG' });
  });

  it('refuses an agent with a wrong token', async () => {
    const { id } = await contract.create();
    await expect(
      finishAsAgent(contract.simulator(), contract.app(), { id, token: randomUUID() }),
    ).rejects.toMatchObject({
      status: 401,
    });
  });
});

describe('media', () => {
  it('serves images, fields and the face map with their own types', async () => {
    const { id, result } = await contract.complete({
      resources: { id_documents: [{ issuing_country: 'GBR', document_type: 'PASSPORT' }] },
    });
    const [document] = result.getResources().getIdDocuments();
    const [capture] = result.getResources().getZoomLivenessResources();
    const fetch = async (mediaId = '') => {
      const media = await client().getMediaContent(id, mediaId);
      if (!media) throw new Error('No media');
      return { type: media.getMimeType(), bytes: media.getContent() };
    };
    const page = await fetch(document?.getPages()[0]?.getMedia().getId());
    const portrait = await fetch(document?.getDocumentIdPhoto().getMedia().getId());
    const fields = await fetch(document?.getDocumentFields().getMedia().getId());
    const facemap = await fetch(capture?.getFaceMap().getMedia().getId());
    for (const image of [page, portrait]) {
      expect(image.type).toBe('image/png');
      expect(image.bytes.subarray(1, 4).toString()).toBe('PNG');
    }
    expect(facemap).toMatchObject({ type: 'application/octet-stream' });
    expect(facemap.bytes.length).toBe(32_768);
    const data = JSON.parse(fields.bytes.toString()) as Record<string, string> & { mrz: { line2: string } };
    expect(data).toMatchObject({ document_type: 'PASSPORT', issuing_country: 'GBR', nationality: 'GBR' });
    expect(data.mrz.line2.startsWith(data['document_number'] ?? '-')).toBe(true);
  });

  it('deletes one object and keeps the rest, but never while checks run', async () => {
    const { id, result } = await contract.complete();
    const media = result.getResources().getIdDocuments()[0]?.getPages()[0]?.getMedia().getId() ?? '';
    await client().deleteMediaContent(id, media);
    const gone = { status: 404, code: 'MEDIA_CONTENT_NOT_FOUND' };
    expect(await refusal(client().getMediaContent(id, media))).toMatchObject(gone);
    expect(await refusal(client().deleteMediaContent(id, media))).toMatchObject(gone);
    expect((await client().getSession(id)).getState()).toBe('COMPLETED');

    const open = await contract.create();
    const locked = { status: 409, code: 'SESSION_LOCKED' };
    expect(await refusal(client().deleteMediaContent(open.id, randomUUID()))).toMatchObject(locked);
    await finishAsAgent(contract.simulator(), contract.app(), open);
    const running = { status: 409, code: 'RESOURCE_LOCKED' };
    expect(await refusal(client().deleteMediaContent(open.id, randomUUID()))).toMatchObject(running);
    expect(await refusal(client().getMediaContent(open.id, randomUUID()))).toMatchObject(gone);
  });
});

describe('face capture by the relying business', () => {
  const spec = () =>
    new yoti.SessionSpecificationBuilder()
      .withRequestedCheck(new yoti.RequestedFaceComparisonCheckBuilder().withManualCheckNever().build())
      .withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forStaticLiveness().build())
      .build();

  it('creates the resource, takes the image and compares it with the selfie', async () => {
    const session = await contract.create(spec());
    const configuration = await client().getSessionConfiguration(session.id);
    const [requirement] = configuration.getCapture()?.getFaceCaptureResourceRequirements() ?? [];
    const resource = await client().createFaceCaptureResource(
      session.id,
      new yoti.CreateFaceCaptureResourcePayloadBuilder()
        .withRequirementId(requirement?.getId() ?? '')
        .build(),
    );
    expect(typeof resource.getFrames()).toBe('number');
    await client().uploadFaceCaptureImage(
      session.id,
      resource.getId(),
      new yoti.UploadFaceCaptureImagePayloadBuilder().forPngImage().withImageContents(PNG).build(),
    );
    await finishAsAgent(contract.simulator(), contract.app(), session);
    await contract.simulator().advanceClock(5);
    const result = await client().getSession(session.id);
    expect(result.getFaceComparisonChecks()[0]?.getReport().getRecommendation().getValue()).toBe('APPROVE');
    const media = result.getResources().getFaceCaptureResources()[0]?.getImage().getMedia().getId() ?? '';
    expect((await client().getMediaContent(session.id, media))?.getContent()).toEqual(PNG);
  });

  it('refuses unknown requirements and resources', async () => {
    const { id } = await contract.create(spec());
    const payload = new yoti.CreateFaceCaptureResourcePayloadBuilder()
      .withRequirementId(randomUUID())
      .build();
    expect((await refusal(client().createFaceCaptureResource(id, payload))).code).toBe(
      'REQUIREMENT_NOT_FOUND',
    );
    const image = new yoti.UploadFaceCaptureImagePayloadBuilder()
      .forPngImage()
      .withImageContents(PNG)
      .build();
    expect((await refusal(client().uploadFaceCaptureImage(id, randomUUID(), image))).code).toBe(
      'RESOURCE_NOT_FOUND',
    );
  });
});
