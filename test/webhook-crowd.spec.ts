import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import { WebhookReceiver, type Answer } from './support/webhook-receiver.js';
import { createEndpoint, publishEvent, sendTest } from './support/webhooks.js';

const BACKLOG = 2000;
const PLACES = 4;
/** Between two events, so that none can be taken for its neighbour. */
const STEP = `interval '1 s'`;

let app: TestApp;
let receiver: WebhookReceiver;
let tenant: BareTenant;

beforeAll(async () => {
  [app, receiver] = await Promise.all([startTestApp(), WebhookReceiver.start()]);
  tenant = await createBareTenant(app);
  // Counted by the database itself, at once and whoever writes.
  await app.sql(`
    CREATE SEQUENCE delivery_writes;
    CREATE FUNCTION count_delivery_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
      AS $$ BEGIN PERFORM nextval('public.delivery_writes'); RETURN NULL; END $$;
    CREATE TRIGGER count_writes AFTER UPDATE ON deliveries
      FOR EACH ROW EXECUTE FUNCTION count_delivery_write();`);
});
afterAll(async () => {
  await app?.stop();
  await receiver?.close();
});

const writes = async () =>
  (await app.sql<{ count: number }>('SELECT last_value::int AS count FROM delivery_writes'))[0]!.count;

/** Takes every event, after a while. */
const slowly: Answer = (response) =>
  new Promise((resolve) => setTimeout(() => resolve(void response.writeHead(204).end()), 50));

/**
 * Events that the endpoint is owed.
 *
 * @param inLine how long they still stand in line, as SQL; null when they have been due since they happened
 * @returns their ids, the oldest first
 */
async function owe(endpointId: string, count: number, inLine: string | null): Promise<string[]> {
  const rows = await app.sql<{ id: string }>(
    `WITH made AS (
       INSERT INTO events (tenant_id, id, name, payload, created_at)
       SELECT $1, uuid_v7(), 'policy.published', '{"policyId": "x"}', now() - ($3::int - n) * ${STEP}
         FROM generate_series(1, $3::int) n
       RETURNING id, created_at
     ), owed AS (
       INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at, called)
       SELECT $1, uuid_v7(), $2, id, ${inLine === null ? 'created_at, NULL' : `now() + ${inLine}, false`} FROM made
     )
     SELECT id FROM made ORDER BY created_at`,
    [tenant.id, endpointId, count],
  );
  return rows.map(({ id }) => id);
}

it('I6 a backlog at a slow receiver is written to as it is sent, in its order, and holds up no other endpoint', async () => {
  const path = receiver.newPath();
  const endpoint = await createEndpoint(tenant, receiver.at(path, slowly));
  const ids = await owe(endpoint.id, BACKLOG, null);
  await receiver.events(path, 100, 60_000);
  // By now all of it is in line.
  await eventually(async () => {
    const due = `SELECT 1 FROM deliveries WHERE endpoint_id = $1 AND next_attempt_at <= now() LIMIT ${2 * PLACES + 1}`;
    return (await app.sql(due, [endpoint.id])).length <= 2 * PLACES;
  }, 60_000);
  // On a machine that is too busy they would come back by themselves before the test has ended.
  await app.sql(
    `UPDATE deliveries SET next_attempt_at = next_attempt_at + interval '4 min'
      WHERE endpoint_id = $1 AND NOT called AND next_attempt_at > now() AND lease_token IS NULL`,
    [endpoint.id],
  );
  const [before, sentBefore] = [await writes(), receiver.count(path)];
  const free = receiver.newPath();
  const other = await createEndpoint(tenant, receiver.at(free));
  await sendTest(tenant, other);
  await receiver.events(free);
  await publishEvent(app, tenant);
  await receiver.events(path, sentBefore + 300, 60_000);
  const [written, sent] = [(await writes()) - before, receiver.count(path) - sentBefore];
  // Called, claimed and stored, and what is claimed in vain now and then.
  expect(written).toBeLessThan(6 * sent);
  const arrived = (await receiver.events(path)).map(({ headers }) => String(headers['webhook-id']));
  const places = arrived.map((id) => ids.indexOf(id));
  const late = places.map((place, index) => Math.abs(place - index)).toSorted((one, two) => one - two);
  // Those that were in hand when the line began may be anywhere in the first part of it.
  expect(late[Math.floor(late.length * 0.9)]).toBeLessThan(50);
}, 150_000);

it('sends all that waited once the receiver answers', async () => {
  const path = receiver.newPath();
  const { url, release } = receiver.atHolding(path);
  const endpoint = await createEndpoint(tenant, url);
  const count = 5 * PLACES;
  for (let each = 0; each < count; each += 1) await sendTest(tenant, endpoint);
  await receiver.events(path, PLACES);
  const waiting = `SELECT 1 FROM deliveries WHERE endpoint_id = $1 AND next_attempt_at > now() AND lease_token IS NULL`;
  await eventually(async () => (await app.sql(waiting, [endpoint.id])).length === count - PLACES);
  release();
  await receiver.events(path, count);
  const pending = `SELECT 1 FROM deliveries WHERE endpoint_id = $1 AND status <> 'delivered'`;
  await eventually(async () => (await app.sql(pending, [endpoint.id])).length === 0);
  expect(receiver.count(path)).toBe(count);
}, 60_000);

it('keeps the turn of those that were called when all places were taken', async () => {
  const path = receiver.newPath();
  const { url, release } = receiver.atHolding(path);
  const endpoint = await createEndpoint(tenant, url);
  // Not as late as one that joins the line.
  const ids = await owe(endpoint.id, 15 * PLACES, `interval '20 s'`);
  const called = ids.slice(0, 5 * PLACES);
  await app.sql(
    'UPDATE deliveries SET called = true, next_attempt_at = now() WHERE endpoint_id = $1 AND event_id = ANY($2)',
    [endpoint.id, called],
  );
  await receiver.events(path, PLACES);
  const back = `SELECT 1 FROM deliveries
    WHERE endpoint_id = $1 AND event_id = ANY($2) AND NOT called AND next_attempt_at > now() AND lease_token IS NULL`;
  await eventually(
    async () => (await app.sql(back, [endpoint.id, called])).length === called.length - PLACES,
  );
  release();
  const arrived = await receiver.events(path, ids.length);
  // What is under way at the same time may overtake.
  const first = arrived.slice(0, called.length + 2 * PLACES).map(({ headers }) => headers['webhook-id']);
  expect(called.filter((id) => !first.includes(id))).toEqual([]);
}, 60_000);

it('I2 goes on with a line that a process has left when it died', async () => {
  const path = receiver.newPath();
  const endpoint = await createEndpoint(tenant, receiver.at(path));
  const ids = await owe(endpoint.id, 5 * PLACES, `interval '4 min'`);
  // The first had been called and was being sent; the others would come back in minutes.
  await app.sql(
    `UPDATE deliveries SET called = true, next_attempt_at = now(), lease_token = gen_random_uuid(), lease_until = now()
      WHERE endpoint_id = $1 AND event_id = $2`,
    [endpoint.id, ids[0]],
  );
  const arrived = await receiver.events(path, ids.length);
  expect(new Set(arrived.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(ids));
}, 60_000);
