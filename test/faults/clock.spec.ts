import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../support/app.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { MainJob } from '../support/main-job.js';
import type { SessionStory } from '../support/session-story.js';
import type { ServerProcess } from '../support/server-process.js';
import { ShiftedClock } from '../support/shifted-clock.js';
import { reading } from '../support/yoti-gate.js';

/** Each starts servers and stops them in order. */
jest.setTimeout(120_000);

const MINUTES = 60;
/** Between two looks at a session that was handed in. */
const SHORTEST_WAIT_MS = 10_000;

describe('row 28: the clock of a server is wrong', () => {
  const clock = new ShiftedClock();
  let site: KillableSite;
  let job: MainJob;
  let undisturbed: SessionStory;
  let other: ServerProcess | undefined;

  beforeAll(async () => {
    site = await KillableSite.start(clock.settings);
    undisturbed = await MainJob.undisturbed(site);
  });

  beforeEach(async () => {
    job = await MainJob.start(site);
  });

  afterEach(async () => {
    clock.set(0);
    other?.thaw();
    await other?.kill();
    site.server.thaw();
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
    const { id, expiresAt, client } = await job.created();
    for (const end of [expiresAt, client.expiresAt]) expect(await isAhead(end as string)).toBe(true);
    await job.finish(id as string);
    expect(await job.story(id as string)).toEqual(undisturbed);
  });

  it('row 28: it is slow: a session that was handed in is asked for no more often than by a right clock', async () => {
    const { simulator, gate } = site;
    clock.set(-4 * MINUTES);
    const { id, client } = await job.created();
    const further = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
    simulator.setNotificationKnobs({ drop: true });
    await simulator.changeClock({ freeze: true });
    try {
      await job.show(id as string);
      await eventually(async () => {
        await makeDue(id as string);
        return (await job.read(id as string)).progress === 'submitted';
      });
      await eventually(async () => {
        const [row] = await site.sql('SELECT 1 FROM sessions WHERE id = $1 AND lease_token IS NULL', [id]);
        return row;
      });
      const readings = () => gate.readings.filter((path) => path.endsWith(`/${client.yotiSessionId}`)).length;
      const before = { readings: readings(), at: await databaseTime() };
      for (let turns = 0; turns < 10; turns += 1) await synced(further.body.id as string);
      const passed = (await databaseTime()) - before.at;
      // A reading may be sent three times when Yoti doesn't answer soon.
      expect(readings() - before.readings).toBeLessThanOrEqual(3 * (1 + passed / SHORTEST_WAIT_MS));
      const [due] = await site.sql<{ wait: number }>(
        `SELECT extract(epoch FROM next_sync_at - synced_at)::float8 * 1000 AS wait FROM sessions WHERE id = $1`,
        [id],
      );
      expect(due?.wait).toBeGreaterThanOrEqual(SHORTEST_WAIT_MS);
    } finally {
      simulator.setNotificationKnobs({});
      await simulator.changeClock({ freeze: false });
    }
    await job.inReview(id as string);
    await job.review();
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
      expect(await isAhead((await job.read(id as string)).expiresAt as string)).toBe(true);
      const refused = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
      expect(refused).toMatchObject({ status: 502, body: { code: 'yoti_refused' } });
      const diagnosis = await eventually(async () => {
        await lookAtCredentials();
        const [credential] = (await job.tenant.admin.get('/v1/credentials')).body.items;
        return credential.suspect?.diagnosis;
      });
      expect(diagnosis).toBe('CLOCK_SKEW');
      const paused = await job.tenant.key.post('/v1/sessions', { policy: 'identity' });
      expect(paused.body).toMatchObject({ code: 'credential_suspect' });
      expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(0);

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
    // Started before, so that its start takes nothing of the lease.
    other = await site.startWorker();
    other.freeze();
    const held = site.gate.holdAnswer(reading);
    await resume();
    await held.reached;
    const before = await lease(session.id as string);
    expect(before).toMatchObject([{ runs: true }]);

    site.server.freeze();
    clock.set(seconds);
    other.thaw();
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

  /** By the database's time. */
  async function isAhead(moment: string): Promise<boolean | undefined> {
    const [row] = await site.sql<{ ahead: boolean }>('SELECT $1::timestamptz > now() AS ahead', [moment]);
    return row?.ahead;
  }

  async function databaseTime(): Promise<number> {
    const [row] = await site.sql<{ at: Date }>('SELECT clock_timestamp() AS at');
    return row!.at.getTime();
  }

  /** Has the worker ask for the session, unless it is at it already. */
  async function makeDue(id: string): Promise<void> {
    await site.sql(
      `UPDATE sessions SET next_sync_at = now() WHERE id = $1 AND progress <> 'submitted' AND lease_token IS NULL`,
      [id],
    );
    await site.sql(`SELECT pg_notify('countersign_work', 'sessions')`);
  }

  /** Has the worker ask for a session that the person hasn't begun, and waits until it has. */
  async function synced(id: string): Promise<void> {
    const { syncedAt } = await job.read(id);
    await makeDue(id);
    await eventually(async () => (await job.read(id)).syncedAt !== syncedAt);
  }

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
