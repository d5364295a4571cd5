import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  publishPolicy,
  type TestTenant,
} from './support/factories.js';
import { startYotiEditor, type Edit, type YotiEditor } from './support/yoti-editor.js';

const fieldsMedia = '0e2f1d4c-4a4e-4d0e-9a54-000000000001';
const reportMedia = '0e2f1d4c-4a4e-4d0e-9a54-000000000002';
const jsonMedia = (id: string) => ({ media: { id, type: 'JSON' } });

describe('the result of a session', () => {
  let app: TestApp;
  let yoti: YotiEditor;
  let tenant: TestTenant;

  beforeAll(async () => {
    yoti = await startYotiEditor(() => app.simulator.origin);
    app = await startTestApp({ config: { yotiApiUrls: [yoti.baseUrl] } });
    const site = { ...app, simulator: { ...app.simulator, baseUrl: yoti.baseUrl } };
    tenant = await createReadyTenant(site);
    await publishPolicy(tenant, 'expanded', (draft) => ({
      ...draft,
      tasks: draft.tasks.map((task: Any) => ({ ...task, expandedFields: true })),
    }));
  });

  afterEach(() => yoti.edit(undefined));

  afterAll(async () => {
    await app.stop();
    await yoti.close();
  });

  /** A session that a person went through, with what Yoti answers changed by `edit`. */
  async function finished(edit?: Edit, scenario = 'happy'): Promise<Any> {
    yoti.edit(edit);
    const session = await createSession(tenant, { policy: 'expanded' });
    await finishSession(app, tenant, session, scenario);
    return eventually(async () => {
      const { body } = await tenant.key.get(`/v1/sessions/${session.id}`);
      return body.outcome === null ? undefined : { ...body, client: session.client };
    });
  }

  const resultOf = async (id: string) => expectStatus(await tenant.key.get(`/v1/sessions/${id}/result`), 200);

  /** Changes what Yoti answers when it is asked for the session. */
  const session =
    (change: (body: Any) => unknown, contents: Record<string, unknown> = {}): Edit =>
    (path, body) => {
      if (/^\/sessions\/[^/]+$/.test(path)) return { body: change(body) };
      const content = contents[path.split('/')[4] ?? ''];
      return content === undefined ? undefined : { body: content };
    };

  it('merges the fields of a document with their sources, and verifies its zone', async () => {
    const { id, outcome } = await finished();
    expect(outcome).toBe('approved');
    const [document] = (await resultOf(id)).idDocuments;
    expect(document).toMatchObject({ source: { type: 'END_USER' }, counted: true });
    expect(document.machineReadableZone).toMatchObject({ format: 'TD3', valid: true });
    const name = document.extractedFields.find((field: Any) => field.name === 'family_name');
    expect(name).toMatchObject({ value: document.fields.family_name, agreement: 'agreed' });
    expect(name.sources.map(({ source, readBy }: Any) => `${source} by ${readBy}`)).toEqual([
      'DOCUMENT_FIELDS by yoti',
      'VIZ by yoti',
      'MRZ by countersign',
    ]);
    expect(document.extractedFields.map(({ agreement }: Any) => agreement as string)).not.toContain(
      'disagreed',
    );
    expect(document.expandedFields.fields).toEqual(expect.any(Array));
  });

  it('marks what disagrees, and a wrong check digit', async () => {
    const { id } = await finished((path, body) => {
      if (!path.endsWith('/content') || body.mrz === undefined) return undefined;
      const line2 = body.mrz.line2.replace(/^./, (first: string) => (first === '1' ? '2' : '1'));
      return { body: { ...body, expiration_date: '2049-12-31', mrz: { ...body.mrz, line2 } } };
    });
    const [document] = (await resultOf(id)).idDocuments;
    const agreement = Object.fromEntries(
      document.extractedFields.map((field: Any) => [field.name, field.agreement]),
    );
    expect(agreement).toMatchObject({
      expiration_date: 'disagreed',
      document_number: 'disagreed',
      family_name: 'agreed',
    });
    expect(document.machineReadableZone.valid).toBe(false);
    expect(document.machineReadableZone.checkDigits).toContainEqual(
      expect.objectContaining({ name: 'document_number', valid: false }),
    );
  });

  it('tells which attempt counted', async () => {
    const { id } = await finished(undefined, 'liveness_second_try');
    const result = await resultOf(id);
    const counted = result.livenessCaptures.filter((capture: Any) => capture.counted);
    expect(result.livenessCaptures).toHaveLength(2);
    expect(counted).toHaveLength(1);
    const approved = result.checks.find(
      ({ type, recommendation }: Any) => type === 'LIVENESS' && recommendation.value === 'APPROVE',
    );
    expect(counted[0].countedBy).toContain(approved.id);
  });

  it('shows identity profiles with their reports, watchlists, share codes and unknown parts; never a key', async () => {
    const report = { identity_assertion: { current_name: {} }, proof: 'c2lnbmF0dXJl' };
    const { id, decision } = await finished(
      session(
        (body) => ({
          ...body,
          novelty: { a: 1 },
          resources: {
            ...body.resources,
            share_codes: [{ id: 's', lookup_profile: jsonMedia(fieldsMedia) }],
          },
          checks: [
            ...body.checks,
            {
              id: 'w',
              type: 'WATCHLIST_ADVANCED_CA',
              state: 'DONE',
              report: {
                recommendation: { value: 'CONSIDER', reason: 'POTENTIAL_MATCH' },
                breakdown: [],
                watchlist_summary: {
                  total_hits: 2,
                  search_config: { type: 'WITH_CUSTOM_ACCOUNT', api_key: 'customers-own-key', tags: {} },
                  associated_country_codes: ['GBR'],
                },
              },
            },
          ],
          identity_profile: {
            result: 'ABORTED',
            failure_reason: { reason_code: 'FRAUD_DETECTED' },
            identity_profile_report: { trust_framework: 'UK_TFIDA', ...jsonMedia(reportMedia) },
          },
        }),
        { [reportMedia]: report },
      ),
    );
    const result = await resultOf(id);
    expect(result).toMatchObject({
      userTrackingId: id,
      shareCodes: [{ id: 's', lookupProfile: { id: fieldsMedia } }],
      identityProfile: {
        result: 'ABORTED',
        failureReason: { reasonCode: 'FRAUD_DETECTED' },
        report: { compliance: [{ trustFramework: 'UK_TFIDA' }], content: report },
      },
      other: { novelty: { a: 1 } },
    });
    expect(result.checks.at(-1).watchlistSummary).toMatchObject({
      totalHits: 2,
      associatedCountryCodes: ['GBR'],
    });
    expect(JSON.stringify(result)).not.toContain('customers-own-key');
    expect(decision).toMatchObject({
      outcome: 'in_review',
      reasonCodes: [
        'WATCHLIST_ADVANCED_CA:CONSIDER:POTENTIAL_MATCH',
        'IDENTITY_PROFILE:ABORTED:FRAUD_DETECTED',
      ],
    });
    const { items } = expectStatus(await tenant.key.get(`/v1/sessions/${id}/media`), 200);
    expect(items).toContainEqual({
      id: fieldsMedia,
      type: 'JSON',
      kind: 'share_code_lookup',
      resourceId: 's',
    });
  });

  it('does without data that is gone at Yoti or has an impossible id', async () => {
    const { id, outcome } = await finished((path, body) => {
      if (path.endsWith('/content')) return { status: 404, body: { code: 'MEDIA_CONTENT_NOT_FOUND' } };
      if (!/^\/sessions\/[^/]+$/.test(path)) return undefined;
      const change = (document: Any) => ({ ...document, expanded_document_fields: jsonMedia('../no-uuid') });
      const resources = { ...body.resources, id_documents: body.resources.id_documents.map(change) };
      return { body: { ...body, resources } };
    });
    expect(outcome).toBe('approved');
    const [document] = (await resultOf(id)).idDocuments;
    expect(document).toMatchObject({ fields: null, expandedFields: null, extractedFields: [] });
    const { items } = expectStatus(await tenant.key.get(`/v1/sessions/${id}/media`), 200);
    expect(items).toContainEqual(expect.objectContaining({ id: '../no-uuid' }));
  });

  const leftOut = async (reason: string) => {
    const { body } = await app.anonymous.get<string>('/metrics');
    const counted = new RegExp(`^countersign_contents_left_out_total\\{reason="${reason}"\\} (\\d+)`, 'm');
    return Number(counted.exec(body)?.[1] ?? 0);
  };

  const deep = (levels: number): object => (levels === 0 ? {} : { inner: deep(levels - 1) });
  it.each([
    ['refused as if the session were gone', { status: 404, body: { code: 'SESSION_NOT_FOUND' } }, 'refused'],
    ['refused as malformed', { status: 400, body: { code: 'MALFORMED_REQUEST' } }, 'refused'],
    ['refused without a code', { status: 403, body: {} }, 'refused'],
    ['a list', { body: [{ full_name: 'A' }] }, 'bad_response'],
    ['nested too deeply', { body: deep(40) }, 'bad_response'],
    ['too large', { body: { text: 'x'.repeat(2 * 1024 * 1024) } }, 'bad_response'],
    ['called a text', { type: 'text/plain', body: { full_name: 'A' } }, 'bad_response'],
  ])('comes to its outcome without data that is %s, and counts it', async (_, answer, reason) => {
    const before = await leftOut(`yoti_${reason}`);
    const { id, status, outcome } = await finished((path) =>
      path.endsWith('/content') ? answer : undefined,
    );
    expect([status, outcome]).toEqual(['completed', 'approved']);
    const [document] = (await resultOf(id)).idDocuments;
    expect(document).toMatchObject({ fields: null, expandedFields: null });
    expect(await leftOut(`yoti_${reason}`)).toBeGreaterThanOrEqual(before + 2);
    // Once it can be read again, its reference leads there.
    yoti.edit(undefined);
    const { items } = expectStatus(await tenant.key.get(`/v1/sessions/${id}/media`), 200);
    const { id: mediaId } = items.find(({ kind }: Any) => kind === 'document_fields');
    const media = await tenant.key.get(`/v1/sessions/${id}/media/${mediaId}`);
    expect(media).toMatchObject({ status: 200, body: { full_name: expect.any(String) } });
  });

  it.each([
    ['too many documents', { documents: 60, text: 'x' }, { asked: 50, taken: 50 }],
    ['too much data', { documents: 8, text: 'x'.repeat(1024 * 1024) }, { asked: 5, taken: 4 }],
  ])('takes up some of %s, and counts the rest', async (_, { documents, text }, { asked, taken }) => {
    const mediaIds = Array.from({ length: documents }, (__, n) => `${randomUUID().slice(0, -2)}${10 + n}`);
    const before = await leftOut('too_much');
    const { id, status, client } = await finished(
      session(
        (body) => {
          const [document] = body.resources.id_documents;
          const shown = mediaIds.map((mediaId, n) => ({
            ...document,
            id: `document-${n}`,
            document_fields: jsonMedia(mediaId),
            expanded_document_fields: undefined,
          }));
          return { ...body, resources: { ...body.resources, id_documents: document ? shown : [] } };
        },
        Object.fromEntries(mediaIds.map((mediaId) => [mediaId, { text }])),
      ),
    );
    expect(status).toBe('completed');
    const { idDocuments } = await resultOf(id);
    expect(idDocuments.map(({ fields }: Any) => fields !== null)).toEqual(mediaIds.map((__, n) => n < taken));
    const paths = yoti.reads.filter(
      (path) => path.includes(client.yotiSessionId) && path.endsWith('/content'),
    );
    expect(new Set(paths).size).toBe(asked);
    expect(await leftOut('too_much')).toBeGreaterThanOrEqual(before + documents - taken);
    const { items } = expectStatus(await tenant.key.get(`/v1/sessions/${id}/media`), 200);
    expect(items).toContainEqual(expect.objectContaining({ id: mediaIds.at(-1), kind: 'document_fields' }));
  });

  it('waits for data that Yoti can not return now', async () => {
    let failures = 0;
    // As often as one reading asks.
    const { id, outcome } = await finished((path) =>
      path.endsWith('/content') && (failures += 1) <= 3 ? { status: 503, body: {} } : undefined,
    );
    expect(outcome).toBe('approved');
    expect(failures).toBeGreaterThan(3);
    expect((await resultOf(id)).idDocuments[0].fields.full_name).toEqual(expect.any(String));
  });

  it('asks Yoti once for data that does not change', async () => {
    yoti.edit(session((body) => ({ ...body, state: 'ONGOING' })));
    const { id, client } = await createSession(tenant, { policy: 'expanded' });
    await finishSession(app, tenant, { client });
    const content = () =>
      yoti.reads.filter((path) => path.includes(client.yotiSessionId as string) && path.endsWith('/content'));
    await eventually(async () => {
      expectStatus(await tenant.key.post(`/v1/sessions/${id}/sync`), 200);
      const { body } = await tenant.key.get(`/v1/sessions/${id}/result`);
      return body.idDocuments?.[0]?.fields && body.idDocuments[0].expandedFields;
    });
    yoti.edit(undefined);
    await eventually(async () => {
      expectStatus(await tenant.key.post(`/v1/sessions/${id}/sync`), 200);
      return (await tenant.key.get(`/v1/sessions/${id}`)).body.status === 'completed';
    });
    expect(content()).toHaveLength(new Set(content()).size);
    expect((await resultOf(id)).idDocuments[0].fields.full_name).toEqual(expect.any(String));
  });
});
