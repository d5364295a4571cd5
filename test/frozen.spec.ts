import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './support/app.js';
import { KillableSite } from './support/killable-site.js';
import { MainJob } from './support/main-job.js';
import type { SessionStory } from './support/session-story.js';
import { creation, reading } from './support/yoti-gate.js';

describe('I3 the server is frozen beyond its lease, and another takes over', () => {
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

  /** Freezes the server, and does `work` while another process works in its place. */
  async function insteadOfFrozen(work: () => Promise<unknown>): Promise<void> {
    site.server.freeze();
    const other = await site.startWorker();
    try {
      await work();
    } finally {
      await other.terminate();
      site.server.thaw();
    }
  }

  it('in the middle of a sync', async () => {
    const session = await job.created();
    const resume = await site.holdClaims('sessions');
    await job.showUntilAnnounced(session);
    const held = site.gate.holdAnswer(reading);
    await resume();
    await held.reached;
    await insteadOfFrozen(async () => {
      await site.endLeases('sessions');
      await eventually(async () => {
        const reviews = await site.sql('SELECT 1 FROM reviews WHERE session_id = $1', [session.id]);
        return reviews.length > 0;
      });
    });
    held.release();
    await job.review();
    expect(await job.story(session.id as string)).toEqual(undisturbed);
    // Who stops in order has ended its work: nothing of it comes later.
    expect(await site.server.terminate()).toBe(0);
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });

  it('in the middle of sending a webhook', async () => {
    const { release } = site.receiver.atHolding(job.path);
    const { id } = await job.created();
    await site.receiver.events(job.path);
    await insteadOfFrozen(async () => {
      await site.endLeases('deliveries');
      const [first, second] = await site.receiver.events(job.path, 2);
      expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      release();
      await eventually(async () => (await attempts()).length > 0);
    });
    expect(await site.server.terminate()).toBe(0);
    expect(await attempts()).toEqual([{ attempt: 1 }]);
    await site.restart();
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  const attempts = () =>
    site.sql('SELECT attempt FROM delivery_attempts WHERE tenant_id = $1', [job.tenant.id]);

  it('in the middle of a creation', async () => {
    const held = site.gate.holdAnswer(creation);
    const answer = job.create();
    await held.reached;
    await insteadOfFrozen(async () => {
      await site.sweepCreations(job.tenant.id);
      await eventually(async () => {
        const failed = await site.sql(`SELECT 1 FROM sessions WHERE tenant_id = $1 AND status = 'failed'`, [
          job.tenant.id,
        ]);
        return failed.length > 0;
      });
    });
    held.release();
    expect(await answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    const [failed, ...others] = await job.list();
    expect(others).toEqual([]);
    expect(await job.story(failed.id as string)).toMatchObject({
      session: { status: 'failed', failureCode: 'creation_interrupted' },
      events: [{ name: 'session.failed', deliveries: ['delivered'], bodies: 1 }],
      audit: ['system session.failed'],
    });

    const session = await job.created();
    await job.finish(session.id as string);
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });
});
