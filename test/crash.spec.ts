import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './support/app.js';
import { KillableSite } from './support/killable-site.js';
import { isLost, MainJob } from './support/main-job.js';
import type { SessionStory } from './support/session-story.js';
import { creation } from './support/yoti-gate.js';

describe('I2 I3 the server is killed', () => {
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;

  beforeAll(async () => {
    site = await KillableSite.start();
    job = await MainJob.start(site);
    const { id } = await job.created();
    await job.finish(id as string);
    undisturbed = await job.story(id as string);
  }, 60_000);

  beforeEach(async () => {
    await site.ensureRunning();
    job = await MainJob.start(site);
  });

  afterAll(() => site.stop());

  it('never: then the story is complete', () => {
    expect(undisturbed).toMatchObject({
      session: { status: 'completed', outcome: 'approved', nextSyncAt: null, leaseUntil: null },
      reviews: [{ status: 'decided', decision: 'approved' }],
    });
    expect(undisturbed.events.map(({ name }) => name)).toEqual([
      'session.created',
      'session.started',
      'session.submitted',
      'session.completed',
      'review.opened',
      'review.decided',
      'session.decided',
    ]);
    for (const event of undisturbed.events) {
      expect(event).toMatchObject({ deliveries: ['delivered'], bodies: 1 });
    }
    expect(undisturbed.audit).toEqual([...new Set(undisturbed.audit)]);
  });

  it.each([
    ['before Yoti is asked for a session', 'request', 1],
    ['when Yoti has made a session that nobody knows', 'answer', 2],
  ] as const)('%s', async (_, where, madeAtYoti) => {
    const before = site.gate.creations;
    const held = where === 'request' ? site.gate.holdRequest(creation) : site.gate.holdAnswer(creation);
    const lost = isLost(job.create());
    await held.reached;
    await site.server.kill();
    // What is released before the gate has seen the end of the process would still go on to Yoti.
    await held.left;
    held.release();
    expect(await lost).toBe(true);
    await site.restart();

    expect(await job.create()).toMatchObject({ status: 409, body: { code: 'idempotency_in_flight' } });
    await site.sql(`UPDATE idempotency_keys SET locked_until = now() WHERE tenant_id = $1`, [job.tenant.id]);
    const session = await job.created();
    const again = await job.create();
    expect(again).toMatchObject({ status: 201, body: { id: session.id } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(site.gate.creations - before).toBe(madeAtYoti);

    await site.sweepCreations(job.tenant.id);
    const [interrupted] = await eventually(async () => {
      const failed = await job.list('?status=failed');
      return failed.length > 0 && failed;
    });
    expect(await job.story(interrupted.id as string)).toMatchObject({
      session: { status: 'failed', failureCode: 'creation_interrupted', nextSyncAt: null, leaseUntil: null },
      reviews: [],
      events: [{ sequence: 1, name: 'session.failed', deliveries: ['delivered'], bodies: 1 }],
      audit: ['system session.failed'],
    });
    expect(await job.list()).toHaveLength(2);

    await job.finish(session.id as string);
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });

  it('when notifications have been answered and nothing has been synced', async () => {
    const session = await job.created();
    const resume = await site.holdClaims('sessions');
    await job.showUntilAnnounced(session);
    expect(await job.read(session.id as string)).toMatchObject({ progress: 'not_started' });
    await site.server.kill();
    await resume();
    await site.restart();

    await job.inReview(session.id as string);
    await job.review();
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });

  it('in the middle of storing what Yoti said', async () => {
    const { id } = await job.created();
    // The review is the last thing that the transaction makes: session, result and events are written by then.
    const lock = await site.lock('LOCK TABLE reviews IN SHARE MODE');
    await job.show(id as string);
    await lock.reached();
    await site.server.kill();
    await lock.release();
    const [left] = await site.sql(
      `SELECT status, result IS NULL AS empty, lease_until > now() AS leased FROM sessions WHERE id = $1`,
      [id],
    );
    expect(left).toMatchObject({ status: 'ongoing', leased: true });
    await site.restart();

    await job.inReview(id as string);
    await job.review();
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it('between a claim and the decision, and in the middle of the decision', async () => {
    const { id } = await job.created();
    await job.show(id as string);
    await job.inReview(id as string);
    const reviewId = await job.claim();
    await site.server.kill();
    await site.restart();
    expect(await job.claim()).toBe(reviewId);

    const lock = await site.lock('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [id]);
    const lost = isLost(job.decide(reviewId));
    await lock.reached();
    await site.server.kill();
    expect(await lost).toBe(true);
    await lock.release();
    await site.restart();
    expect(await job.read(id as string)).toMatchObject({ outcome: 'in_review' });

    expect((await job.decide(reviewId)).status).toBe(200);
    expect(await job.decide(reviewId)).toMatchObject({ status: 409, body: { code: 'review_decided' } });
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it('when a decision is made and its webhooks have not been sent', async () => {
    const { id } = await job.created();
    await job.show(id as string);
    await job.inReview(id as string);
    const resume = await site.holdClaims('deliveries');
    const reviewId = await job.claim();
    expect((await job.decide(reviewId)).status).toBe(200);
    await site.server.kill();
    expect(job.received()).not.toContain('review.decided');
    await resume();
    await site.restart();

    expect(await job.story(id as string)).toEqual(undisturbed);
    expect(job.received().filter((type) => type === 'review.decided')).toHaveLength(1);
    expect(await job.decide(reviewId)).toMatchObject({ status: 409, body: { code: 'review_decided' } });
  });

  it('when a webhook has arrived and nobody wrote that down', async () => {
    const { release } = site.receiver.atHolding(job.path);
    const { id } = await job.created();
    const [first] = await site.receiver.events(job.path);
    await site.server.kill();
    release();
    await site.restart();
    const [, second] = await site.receiver.events(job.path, 2);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.text).toBe(first?.text);

    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
    const attempts = await site.sql(
      `SELECT d.attempts FROM deliveries d JOIN events e ON e.id = d.event_id
        WHERE e.name = 'session.created' AND e.session_id = $1`,
      [id],
    );
    expect(attempts).toEqual([{ attempts: 1 }]);
  });
});
