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
    ['fast', 4 * MINUTES],
    ['slow', -4 * MINUTES],
  ])('row 28: it is %s, within what Yoti bears: a session comes to the same end', async (_, seconds) => {
    clock.set(seconds);
    const { id } = await job.created();
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it.each([
    ['forward', 10 * MINUTES],
    ['back', -10 * MINUTES],
  ])(
    'row 28: it jumps %s while a session runs: that is told, and once it is right the end is the same',
    async (_, seconds) => {
      const { id } = await job.created();
      clock.set(seconds);
      const refused = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
      expect(refused).toMatchObject({ status: 502, body: { code: 'yoti_refused' } });
      const diagnosis = await eventually(async () => {
        await lookAtCredentials();
        const [credential] = (await job.tenant.admin.get('/v1/credentials')).body.items;
        return credential.suspect?.diagnosis;
      });
      expect(diagnosis).toBe('CLOCK_SKEW');

      clock.set(0);
      await eventually(async () => {
        await lookAtCredentials();
        const [credential] = (await job.tenant.admin.get('/v1/credentials')).body.items;
        return credential.suspect === null;
      });
      await job.finish(id as string);
      expect(await job.story(id as string)).toEqual(undisturbed);
    },
  );

  it.each([
    ['fast', 10 * MINUTES],
    ['slow', -10 * MINUTES],
  ])('row 28: it is %s: the lease of another server is as long as ever', async (_, seconds) => {
    const session = await job.created();
    const further = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
    const resume = await site.holdClaims('sessions');
    await job.showUntilAnnounced(session);
    const held = site.gate.holdAnswer(reading);
    await resume();
    await held.reached;
    const before = await lease(session.id as string);
    expect(before).toMatchObject([{ runs: true }]);

    site.server.freeze();
    clock.set(seconds);
    const other = await site.startWorker();
    try {
      await site.sql('UPDATE sessions SET next_sync_at = now() WHERE id = $1', [further.body.id]);
      // Whoever took this one has looked for what is due, and found the first one leased.
      await eventually(async () => (await tries(further.body.id as string)) > 0);
      expect(await lease(session.id as string)).toEqual(before);
    } finally {
      await other.terminate();
      clock.set(0);
      site.server.thaw();
      held.release();
    }
    await eventually(async () => {
      await lookAtCredentials();
      await site.sql('UPDATE sessions SET next_sync_at = now() WHERE id = $1 AND result IS NULL', [
        session.id,
      ]);
      return (await job.read(session.id as string)).outcome === 'in_review';
    });
    await job.review();
    expect(await job.story(session.id as string)).toEqual(undisturbed);
  });

  const lookAtCredentials = () =>
    site.sql('UPDATE credentials SET next_look_at = now() WHERE tenant_id = $1 AND next_look_at > now()', [
      job.tenant.id,
    ]);

  const lease = (id: string) =>
    site.sql(`SELECT lease_token, lease_until > now() AS runs FROM sessions WHERE id = $1`, [id]);

  async function tries(id: string): Promise<number> {
    const [row] = await site.sql<{ n: number }>(
      'SELECT GREATEST(work_attempts, (sync_error IS NOT NULL)::int) AS n FROM sessions WHERE id = $1',
      [id],
    );
    return row?.n ?? 0;
  }
});
