import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KeyRing } from '../src/crypto/key-ring.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any, Client } from './support/client.js';
import {
  addPerson,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  type TestTenant,
} from './support/factories.js';

const NOTE = 'The nose is another one.';
const DECISION = { decision: 'rejected', reasonCode: 'person_does_not_match', note: NOTE };

let app: TestApp;
let tenant: TestTenant;
let reviewer: Client;

beforeAll(async () => {
  app = await startTestApp();
  tenant = await createReadyTenant(app);
  reviewer = await addPerson(app, tenant, 'reviewer');
});

afterAll(() => app.stop());

/** A case that waits for a person. @returns its id and that of its session */
async function openReview(): Promise<{ id: string; sessionId: string }> {
  const session = await createSession(tenant);
  await finishSession(app, tenant, session, 'forged_document');
  const id = await eventually(
    async () => (await tenant.key.get(`/v1/sessions/${session.id}`)).body.reviewId as string | null,
  );
  return { id, sessionId: session.id };
}

/** A decided case with a note. */
async function decidedReview(headers: Record<string, string> = {}) {
  const review = await openReview();
  expectStatus(await reviewer.post(`/v1/reviews/${review.id}/claim`), 200);
  const decide = () => reviewer.with(headers).post(`/v1/reviews/${review.id}/decision`, DECISION);
  return { ...review, decide, answer: expectStatus(await decide(), 200) };
}

const looksAt = async (id: string): Promise<Any[]> =>
  expectStatus(await tenant.key.get(`/v1/audit-entries?action=review.viewed&objectId=${id}`), 200).items;

describe('the note of a review', () => {
  it('I4 is opened where one review is read, and the look is on record', async () => {
    const { id, sessionId, answer } = await decidedReview();
    expect(answer).toMatchObject({ status: 'decided', decision: 'rejected', note: null });
    const { items } = expectStatus(await reviewer.get('/v1/reviews?status=decided'), 200);
    expect(items.find((item: Any) => item.id === id)).toMatchObject({ status: 'decided', note: null });
    expect(await looksAt(id)).toEqual([]);

    expect(expectStatus(await reviewer.get(`/v1/reviews/${id}`), 200).note).toBe(NOTE);
    expect(await looksAt(id)).toMatchObject([
      { action: 'review.viewed', actor: { type: 'user' }, object: { type: 'review', id }, sessionId },
    ]);
  });

  it('I4 is not opened for callers who may not read results, so that there is no look', async () => {
    const { id } = await decidedReview();
    const auditor = await addPerson(app, tenant, 'auditor');
    expect(expectStatus(await auditor.get(`/v1/reviews/${id}`), 200)).toMatchObject({ note: null });
    expect(await looksAt(id)).toEqual([]);
  });

  it('I5 is not in the answer that is kept for a repetition, and is gone with the data key', async () => {
    const key = randomUUID();
    const { id, sessionId, decide } = await decidedReview({ 'idempotency-key': key });
    const again = await decide();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.body).toMatchObject({ status: 'decided', note: null });
    const [kept] = await app.sql<{ response: Buffer }>(
      'SELECT response FROM idempotency_keys WHERE tenant_id = $1 AND key = $2',
      [tenant.id, key],
    );
    const place = { purpose: 'idempotency', tenantId: tenant.id, rowId: key };
    const ring = new KeyRing(app.config.encryptionKeys);
    expect(ring.open(kept!.response, place).toString('utf8')).not.toContain(NOTE);
    await app.sql('UPDATE sessions SET data_key = NULL WHERE id = $1', [sessionId]);
    expect(expectStatus(await reviewer.get(`/v1/reviews/${id}`), 200).note).toBeNull();
  });
});

describe('lists of reviews', () => {
  it('are of one status, the open ones oldest first and the decided ones newest first, page by page', async () => {
    const other = await createReadyTenant(app);
    tenant = other;
    reviewer = await addPerson(app, other, 'reviewer');
    const decided = [await decidedReview(), await decidedReview()].map(({ id }) => id);
    const open = [await openReview(), await openReview()].map(({ id }) => id);
    for (const [query, ids] of [
      ['', open],
      ['status=open&', open],
      ['status=decided&', decided.toReversed()],
    ] as const) {
      const first = expectStatus(await reviewer.get(`/v1/reviews?${query}limit=1`), 200);
      const second = expectStatus(await reviewer.get(`/v1/reviews?${query}limit=1&after=${first.next}`), 200);
      expect([...first.items, ...second.items].map(({ id }: Any) => id)).toEqual(ids);
      expect([first.openCount, second.next]).toEqual([2, null]);
    }
    const gone = await reviewer.get('/v1/reviews?status=withdrawn');
    expect([gone.status, gone.body.code]).toEqual([400, 'invalid_request']);
  });
});
