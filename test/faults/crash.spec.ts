import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { isLost, MainJob } from '../support/main-job.js';
import type { SessionStory } from '../support/session-story.js';

/** Each starts servers and stops them in order. */
jest.setTimeout(120_000);

describe('row 3: I2 I3 the server is killed', () => {
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;

  beforeAll(async () => {
    site = await KillableSite.start();
    undisturbed = await MainJob.undisturbed(site);
  });

  beforeEach(async () => {
    await site.ensureRunning();
    job = await MainJob.start(site);
  });

  afterEach(async () => {
    await site.ensureRunning();
    await expectInvariants(site);
  });

  afterAll(() => site.stop());

  it('row 3: never: then the story is complete', () => {
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
    const actions = undisturbed.audit.map((entry) => entry.split(' ').at(-1));
    expect(actions).toEqual(expect.arrayContaining(undisturbed.events.map(({ name }) => name)));
    expect(actions).toHaveLength(new Set(actions).size);
  });

  it('row 3: when notifications have been answered and nothing has been synced', async () => {
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

  it('row 3: in the middle of storing what Yoti said', async () => {
    const { id } = await job.created();
    // The review is the last thing that the transaction makes: session, result and events are written by then.
    const lock = await site.lock('LOCK TABLE reviews IN SHARE MODE');
    await job.show(id as string);
    await lock.reached();
    await site.server.kill();
    await lock.release();
    const [left] = await site.sql(
      `SELECT status, lease_until > now() AS leased FROM sessions WHERE id = $1`,
      [id],
    );
    expect(left).toEqual({ status: 'ongoing', leased: true });
    await site.restart();

    await job.inReview(id as string);
    await job.review();
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it('row 3: between a claim and the decision, and in the middle of the decision', async () => {
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

  it('row 3: when a decision is made and its webhooks have not been sent', async () => {
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

  it('row 3: when a webhook has arrived and nobody wrote that down', async () => {
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
