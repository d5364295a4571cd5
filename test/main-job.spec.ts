import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { WebhookReceiver } from './support/webhook-receiver.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import {
  addPerson,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
  publishPolicy,
  type TestTenant,
} from './support/factories.js';

describe('the main job', () => {
  let app: TestApp;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    app = await startTestApp();
    receiver = await WebhookReceiver.start();
  });

  afterAll(async () => {
    await receiver.close();
    await app.stop();
  });

  async function settled(tenant: TestTenant, id: string, done: (session: Any) => boolean): Promise<Any> {
    return eventually(async () => {
      const session = expectStatus(await tenant.key.get(`/v1/sessions/${id}`), 200);
      return done(session) ? session : undefined;
    });
  }

  it('goes from a tenant to a reviewed decision that the tenant hears of', async () => {
    const tenant = await createReadyTenant(app);
    const endpoint = expectStatus(
      await tenant.key.post('/v1/webhook-endpoints', {
        url: receiver.at('/'),
        events: [
          'session.created',
          'session.completed',
          'session.decided',
          'review.opened',
          'review.decided',
        ],
      }),
      201,
    );
    const session = await createSession(tenant, { reference: 'customer-1', metadata: { branch: 'North' } });
    expect(session).toMatchObject({ status: 'ongoing', outcome: null, reference: 'customer-1' });

    await finishSession(app, tenant, session, 'forged_document');
    const completed = await settled(tenant, session.id as string, ({ outcome }) => outcome === 'in_review');
    expect(completed.decision).toMatchObject({ by: 'rule', outcome: 'in_review' });

    const reviewer = await addPerson(app, tenant, 'reviewer');
    const { review } = expectStatus(await reviewer.post('/v1/reviews/claim-next'), 200);
    expect(review).toMatchObject({
      sessionId: session.id,
      status: 'open',
      claimedBy: { name: 'A reviewer' },
    });
    const result = expectStatus(await reviewer.get(`/v1/sessions/${session.id}/result`), 200);
    expect(result.idDocuments[0].fields.full_name).toEqual(expect.any(String));
    const media = expectStatus(await reviewer.get(`/v1/sessions/${session.id}/media`), 200);
    const page = media.items.find(({ kind }: Any) => kind === 'document_page');
    const image = await reviewer.get(`/v1/sessions/${session.id}/media/${page.id}`);
    expect(image.status).toBe(200);
    expect(image.headers.get('content-type')).toMatch(/^image\//);

    const decision = { decision: 'approved', reasonCode: 'false_alarm', note: 'Looked at twice.' };
    expectStatus(await reviewer.post(`/v1/reviews/${review.id}/decision`, decision), 200);
    const again = await reviewer.post(`/v1/reviews/${review.id}/decision`, decision);
    expect(again).toMatchObject({ status: 409, body: { code: 'review_decided' } });
    const final = expectStatus(await tenant.key.get(`/v1/sessions/${session.id}`), 200);
    expect(final).toMatchObject({
      outcome: 'approved',
      decision: { by: 'review', reasonCodes: ['false_alarm'] },
    });

    const webhook = new Webhook(endpoint.secret as string);
    const received = await receiver.events('/', 5);
    const names = received.map(
      ({ text, headers }) => (webhook.verify(text, headers) as { type: string }).type,
    );
    expect(names.toSorted()).toEqual([
      'review.decided',
      'review.opened',
      'session.completed',
      'session.created',
      'session.decided',
    ]);

    const audit = expectStatus(
      await tenant.key.get(`/v1/audit-entries?sessionId=${session.id}&limit=200`),
      200,
    );
    const actions = audit.items.map(({ action }: Any) => action as string);
    for (const action of [
      'session.created',
      'session.submitted',
      'session.completed',
      'review.opened',
      'review.claimed',
      'result.read',
      'media.viewed',
      'review.decided',
      'session.decided',
    ]) {
      expect(actions).toContain(action);
    }
  });

  it('approves by rule when every check passes', async () => {
    const tenant = await createReadyTenant(app);
    const session = await createSession(tenant);
    await finishSession(app, tenant, session, 'happy');
    const done = await settled(tenant, session.id as string, ({ outcome }) => outcome !== null);
    expect(done).toMatchObject({
      status: 'completed',
      outcome: 'approved',
      decision: { by: 'rule' },
      reviewId: null,
    });
  });

  it('rejects a forged document when the policy says so', async () => {
    const tenant = await createReadyTenant(app);
    await publishPolicy(tenant, 'strict', (draft) => ({
      ...draft,
      decision: {
        ...draft.decision,
        rules: [
          {
            name: 'forgery',
            when: [{ fact: 'check', type: 'ID_DOCUMENT_AUTHENTICITY', recommendation: ['REJECT'] }],
            outcome: 'reject',
            reasonCodes: ['document_not_genuine'],
          },
        ],
      },
    }));
    const session = await createSession(tenant, { policy: 'strict' });
    await finishSession(app, tenant, session, 'forged_document');
    const done = await settled(tenant, session.id as string, ({ outcome }) => outcome !== null);
    expect(done).toMatchObject({ outcome: 'rejected', decision: { rule: 'forgery' } });
  });

  it('I3 finds an abandoned session that expired without any notification', async () => {
    const tenant = await createReadyTenant(app);
    const session = await createSession(tenant);
    await app.simulator.advanceClock(3600);
    await app.sql(
      `UPDATE sessions SET next_sync_at = now(), client_expires_at = now() - interval '1 minute' WHERE id = $1`,
      [session.id],
    );
    const expired = await settled(tenant, session.id as string, ({ status }) => status !== 'ongoing');
    expect(expired).toMatchObject({ status: 'expired', outcome: null });
    const notifications = expectStatus(
      await tenant.key.get(`/v1/notifications?sessionId=${session.id}`),
      200,
    );
    expect(notifications.items).toEqual([]);
  });
});
