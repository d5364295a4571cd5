import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { WorkKind } from '../../src/database/wake-up.js';
import { eventually } from '../support/app.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { MainJob } from '../support/main-job.js';
import type { ServerProcess } from '../support/server-process.js';
import type { SessionStory } from '../support/session-story.js';
import { creation, reading } from '../support/yoti-gate.js';

/** Each starts servers and stops them in order. */
jest.setTimeout(120_000);

describe('row 4: a server frozen beyond its lease, whose work another has done, changes nothing when it thaws', () => {
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;
  let other: ServerProcess | undefined;

  beforeAll(async () => {
    site = await KillableSite.start();
    undisturbed = await MainJob.undisturbed(site);
  });

  beforeEach(async () => {
    await site.ensureRunning();
    job = await MainJob.start(site);
  });

  afterEach(async () => {
    other?.thaw();
    await other?.kill();
    site.server.thaw();
    await site.ensureRunning();
    await expectInvariants(site);
  });

  afterAll(() => site.stop());

  /** How often the server found that another had taken its work over. */
  async function lost(kind: WorkKind): Promise<number> {
    const { body } = await site.anonymous.get<string>('/metrics');
    const line = body
      .split('\n')
      .find(
        (each) =>
          each.startsWith('countersign_work_total') &&
          each.includes(`kind="${kind}"`) &&
          each.includes('outcome="lost"'),
      );
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  /**
   * A worker that takes over at once when the server is frozen, so that nothing of the server's own work runs out of
   * time meanwhile: it is started before, and frozen until then.
   */
  async function standIn(): Promise<ServerProcess> {
    other = await site.startWorker();
    other.freeze();
    return other;
  }

  /** Freezes the server, ends its lease, and lets the other do the work. */
  async function insteadOfFrozen(kind: WorkKind, done: () => Promise<unknown>): Promise<void> {
    site.server.freeze();
    await site.endLeases(kind);
    other?.thaw();
    await done();
    await other?.terminate();
  }

  it('row 4: in the middle of a sync', async () => {
    const session = await job.created();
    const resume = await site.holdClaims('sessions');
    await job.showUntilAnnounced(session);
    await standIn();
    const before = await lost('sessions');
    const held = site.gate.holdAnswer(reading);
    await resume();
    await held.reached;
    await insteadOfFrozen('sessions', async () => {
      await eventually(async () => {
        const reviews = await site.sql('SELECT 1 FROM reviews WHERE session_id = $1', [session.id]);
        return reviews.length > 0;
      });
    });
    // Its answer has arrived when it thaws: it goes on in the middle of its own work, up to the fence.
    held.release();
    site.server.thaw();
    await eventually(async () => (await lost('sessions')) > before);
    await job.review();
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });

  it('row 4: in the middle of sending a webhook', async () => {
    const { release } = site.receiver.atHolding(job.path);
    await standIn();
    const before = await lost('deliveries');
    const { id } = await job.created();
    await site.receiver.events(job.path);
    await insteadOfFrozen('deliveries', async () => {
      const [first, second] = await site.receiver.events(job.path, 2);
      expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      expect(second?.text).toBe(first?.text);
      release();
      await eventually(async () => (await attempts()).length > 0);
    });
    site.server.thaw();
    await eventually(async () => (await lost('deliveries')) > before);
    expect(await attempts()).toEqual([{ attempt: 1 }]);
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  const attempts = () =>
    site.sql('SELECT attempt FROM delivery_attempts WHERE tenant_id = $1', [job.tenant.id]);

  it('row 4: in the middle of a creation', async () => {
    await standIn();
    const held = site.gate.holdAnswer(creation);
    const answer = job.create();
    await held.reached;
    await insteadOfFrozen('sessions', async () => {
      await site.sweepCreations(job.tenant.id);
      await eventually(async () => {
        const failed = await site.sql(`SELECT 1 FROM sessions WHERE tenant_id = $1 AND status = 'failed'`, [
          job.tenant.id,
        ]);
        return failed.length > 0;
      });
    });
    held.release();
    site.server.thaw();
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
