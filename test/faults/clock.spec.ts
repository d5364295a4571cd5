import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/app.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { MainJob } from '../support/main-job.js';
import type { SessionStory } from '../support/session-story.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { reading } from '../support/yoti-gate.js';

const MINUTES = 60;

describe('row 28: the clock of a server is wrong', () => {
  const clock = new ShiftedClock();
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;

  beforeAll(async () => {
    site = await KillableSite.start(clock.settings);
    job = await MainJob.start(site);
    const { id } = await job.created();
    await job.finish(id as string);
    undisturbed = await job.story(id as string);
  }, 60_000);

  beforeEach(async () => {
    job = await MainJob.start(site);
  });

  afterEach(async () => {
    clock.set(0);
    await expectInvariants(site);
  });

  afterAll(async () => {
    await site.stop();
    clock.remove();
  });

  it.each([
    ['fast', 10 * MINUTES],
    ['slow', -10 * MINUTES],
  ])('row 28: it is %s: a session comes to the same end', async (_, seconds) => {
    clock.set(seconds);
    const { id } = await job.created();
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it.each([
    ['forward', 0, 10 * MINUTES],
    ['back', 0, -10 * MINUTES],
    ['back to what is right', 10 * MINUTES, 0],
  ])('row 28: it jumps %s while a session runs: the session comes to the same end', async (_, from, to) => {
    clock.set(from);
    const { id } = await job.created();
    clock.set(to);
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it.each([
    ['fast', 10 * MINUTES],
    ['slow', -10 * MINUTES],
  ])('row 28: it is %s: a lease is still as long for everybody', async (_, seconds) => {
    const session = await job.created();
    const resume = await site.holdClaims('sessions');
    await job.showUntilAnnounced(session);
    const held = site.gate.holdAnswer(reading);
    await resume();
    await held.reached;
    const lease = () =>
      site.sql(
        `SELECT lease_token, lease_until > now() AND lease_until <= now() + interval '1 minute' AS runs
           FROM sessions WHERE id = $1`,
        [session.id],
      );
    const before = await lease();
    expect(before).toMatchObject([{ runs: true }]);

    clock.set(seconds);
    const other = await site.startWorker();
    try {
      // Due at the same time and nobody's: whoever takes it has looked for what is due after the clocks had parted.
      const further = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
      await site.sql('UPDATE sessions SET next_sync_at = now() WHERE id = $1', [further.body.id]);
      await eventually(async () => {
        const [row] = await site.sql<{ synced: boolean }>(
          'SELECT synced_at IS NOT NULL AS synced FROM sessions WHERE id = $1',
          [further.body.id],
        );
        return row?.synced;
      });
      expect(await lease()).toEqual(before);
    } finally {
      await other.terminate();
      held.release();
    }
    await job.inReview(session.id as string);
    await job.review();
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });
});
