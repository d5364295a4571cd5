import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../chaos/dice.js';
import { eventually } from '../support/app.js';
import { createReadyTenant, createSession, finishSession, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { listen } from '../support/session-story.js';

const ROUNDS = 4;
/** Workers at the same time, each killed by itself: a dozen kills. */
const WORKERS = 3;
const SESSIONS_A_ROUND = 6;
/** Within this time after its start a worker finds, asks, applies and sends. */
const LONGEST_LIFE_MS = 600;
const STORY = [
  'session.created',
  'session.started',
  'session.submitted',
  'session.completed',
  'session.decided',
];

let site: KillableSite;
let tenant: TestTenant;
let path: string;

beforeAll(async () => {
  site = await KillableSite.start({ ROLE: 'api' });
  tenant = await createReadyTenant(site);
  path = await listen(site, tenant);
}, 120_000);

afterAll(() => site.stop());

it('row 3: workers killed before, while and after they apply a result lose nothing and do nothing twice', async () => {
  const dice = new Dice('row 3');
  const ids: string[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (let count = 0; count < SESSIONS_A_ROUND; count += 1) {
      const session = await createSession(tenant);
      await finishSession(site, tenant, session);
      ids.push(session.id as string);
    }
    const lives = Array.from({ length: WORKERS }, async (_, worker) => {
      const process = await site.startWorker();
      await sleep(dice.throw(round, worker) * LONGEST_LIFE_MS);
      await process.kill();
    });
    await Promise.all(lives);
    // As when time passes: what the workers had in hand is free again.
    await site.endLeases('sessions');
    await site.endLeases('deliveries');
  }
  const last = await site.startWorker();
  try {
    await untilNothingIsOwed();
    await expectStories(ids);
    await expectInvariants(site);
  } finally {
    await last.terminate();
  }
}, 400_000);

/** What is due later than now becomes due: a killed attempt counts as none. */
async function untilNothingIsOwed(): Promise<void> {
  await eventually(async () => {
    await site.sql(
      `UPDATE sessions SET next_sync_at = now() WHERE status = 'ongoing' AND next_sync_at > now()`,
    );
    await site.sql(
      `UPDATE deliveries SET next_attempt_at = now() WHERE status = 'pending' AND next_attempt_at > now()`,
    );
    const [owed] = await site.sql<{ sessions: number; deliveries: number }>(
      `SELECT (SELECT count(*)::int FROM sessions WHERE outcome IS NULL) AS sessions,
              (SELECT count(*)::int FROM deliveries WHERE status <> 'delivered') AS deliveries`,
    );
    return owed?.sessions === 0 && owed.deliveries === 0;
  }, 120_000);
}

async function expectStories(ids: string[]): Promise<void> {
  const sessions = await site.sql<{ id: string; outcome: string; events: string[]; ids: string[] }>(
    `SELECT s.id, s.outcome, array_agg(e.name ORDER BY e.sequence) AS events, array_agg(e.id) AS ids
       FROM sessions s JOIN events e ON e.session_id = s.id GROUP BY s.tenant_id, s.id`,
  );
  expect(sessions.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  const received = site.receiver.received.filter((each) => each.path === path);
  for (const { outcome, events, ids: eventIds } of sessions) {
    expect({ outcome, events }).toEqual({ outcome: 'approved', events: STORY });
    for (const id of eventIds) {
      const bodies = received.filter(({ headers }) => headers['webhook-id'] === id).map(({ text }) => text);
      expect(new Set(bodies).size).toBe(1);
    }
  }
  const twice = await site.sql(
    `SELECT session_id, action FROM audit_entries WHERE session_id IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1`,
  );
  expect(twice).toEqual([]);
}
