import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../chaos/dice.js';
import { eventually } from '../support/app.js';
import { createReadyTenant, createSession, finishSession, type TestTenant } from '../support/factories.js';
import { expectInvariants } from '../support/invariants.js';
import { KillableSite } from '../support/killable-site.js';
import { listen } from '../support/session-story.js';

/** So many rounds at least have to end with work in a dead worker's hands. */
const LEFT_BEHIND = 3;
const MOST_ROUNDS = 7;
/** Workers at the same time, each killed by itself. */
const WORKERS = 3;
const SESSIONS_A_ROUND = 6;
/** Within this time after its start a worker finds, asks, applies and sends. */
const LONGEST_LIFE_MS = 600;
const SENDING_MS = 300;
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
  site = await KillableSite.start({ ROLE: 'api', WORK_LEASE_SECONDS: '2' });
  tenant = await createReadyTenant(site);
  path = await listen(site, tenant);
  // Sending takes long enough to be met in its midst.
  site.receiver.at(path, async (response) => {
    await sleep(SENDING_MS);
    response.writeHead(204).end();
  });
}, 120_000);

afterAll(() => site.stop());

it('row 3: workers killed before, while and after they apply a result lose nothing and do nothing twice', async () => {
  const dice = new Dice('row 3');
  const ids: string[] = [];
  let leftBehind = 0;
  for (let round = 1; round <= MOST_ROUNDS && leftBehind < LEFT_BEHIND; round += 1) {
    for (let count = 0; count < SESSIONS_A_ROUND; count += 1) {
      const session = await createSession(tenant);
      await finishSession(site, tenant, session);
      ids.push(session.id as string);
    }
    const before = await leases();
    const lives = Array.from({ length: WORKERS }, async (_, worker) => {
      const process = await site.startWorker();
      await sleep(dice.throw(round, worker) * LONGEST_LIFE_MS);
      await process.kill();
    });
    await Promise.all(lives);
    // A lease that no worker is left to end, and that wasn't there before they lived.
    if ((await leases()).some((token) => !before.includes(token))) leftBehind += 1;
  }
  expect(leftBehind).toBe(LEFT_BEHIND);
  const last = await site.startWorker();
  try {
    await untilNothingIsOwed();
    await expectStories(ids);
    await expectInvariants(site);
  } finally {
    await last.terminate();
  }
}, 400_000);

/** What the rows in hand are held by. */
async function leases(): Promise<string[]> {
  const rows = await site.sql<{ token: string }>(
    `SELECT lease_token AS token FROM sessions WHERE lease_token IS NOT NULL
     UNION ALL SELECT lease_token FROM deliveries WHERE lease_token IS NOT NULL`,
  );
  return rows.map(({ token }) => token);
}

/** Nothing but the end of the leases brings back what the workers had in hand. */
async function untilNothingIsOwed(): Promise<void> {
  await eventually(async () => {
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
