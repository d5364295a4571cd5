import type { EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import type { z } from 'zod';
import { CLOCKS_DIFFER_MS, timeOfId } from '../database/time-ids.js';
import type { EventRow } from './audit.entity.js';
import type { eventQuerySchema } from './audit.schemas.js';

/** Events that one reading gives a place at most; the next reading goes on with the rest. */
const PLACED_AT_ONCE = 5000;
/** Events that one reading by type searches at most; the next reading goes on with the rest. */
const SEARCHED_AT_ONCE = 5000;

type FeedFilter = Pick<z.infer<typeof eventQuerySchema>, 'type' | 'sessionId'>;

/**
 * Gives a place in the feed to the events that have none yet, so that a reader who follows the feed misses none.
 *
 * Neither ids nor times can be followed: they are made before the commit, and an event with an earlier one may become
 * visible after a later one has been read. A place is given after the commit, by the reading itself: whoever gives places
 * holds the tenant's lock until its own commit, and begins after the last place there is. Nothing appears before a place
 * that somebody has seen, however long a transaction lasted.
 *
 * Other ways that were weighed: transaction ids with the snapshot's lower bound begin anew in a cluster that a dump is
 * restored into, where old events would stay hidden, and any long transaction of the cluster holds the feed back. A
 * counter taken while publishing makes all transactions of a tenant that publish wait for each other. A safety margin
 * of time only makes a miss less likely. What this way costs is a write when new events are first read.
 *
 * A place is the time in microseconds, or one more than the last. So places that are lost with the end of a database that
 * is restored from a backup are followed by greater ones, and the cursors of readers stay good. Events of before the
 * column have the place 0, and their order among themselves is that of their ids.
 */
async function placeEvents(em: EntityManager, tenantId: string): Promise<void> {
  const waiting = await em.query<unknown[]>(
    'SELECT 1 FROM events WHERE tenant_id = $1 AND place IS NULL LIMIT 1',
    [tenantId],
  );
  if (waiting.length === 0) return;
  // A statement of its own, so that the next one sees what the holder before has committed.
  await em.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 2))', [tenantId]);
  await em.query(
    `WITH waiting AS MATERIALIZED (
       SELECT id, row_number() OVER (ORDER BY id) AS nth FROM events
        WHERE tenant_id = $1 AND place IS NULL ORDER BY id LIMIT ${PLACED_AT_ONCE}
     ), last AS MATERIALIZED (
       SELECT greatest(max(place), extract(epoch FROM statement_timestamp()) * 1000000)::bigint AS place
         FROM events WHERE tenant_id = $1
     )
     UPDATE events e SET place = l.place + w.nth FROM waiting w, last l WHERE e.tenant_id = $1 AND e.id = w.id`,
    [tenantId],
  );
}

/** A page of the feed. */
export interface FeedReading {
  events: FeedEvent[];
  /** The last event up to which all were looked at, whether listed or not: where to go on. Null when there is none. */
  lastId: string | null;
}

/** An event as far as it is told. */
export type FeedEvent = Pick<EventRow, 'id' | 'name' | 'payload' | 'createdAt'>;

/** The tenant's ($1) events that follow a place ($2) and the event that has it ($3). */
const FOLLOWING = 'FROM events e WHERE e.tenant_id = $1 AND (e.place, e.id) > ($2::bigint, $3::uuid)';

/**
 * A page of the feed, the oldest place first.
 *
 * @param afterId the last event that the reader has had. One that isn't there, because the database was restored from a
 *   backup of before it, is followed by what was placed since its time, so that events may come twice and none is missed
 */
export async function readFeed(
  em: EntityManager,
  tenantId: string,
  { limit, afterId }: { limit: number; afterId: string | null },
  filter: FeedFilter,
): Promise<FeedReading> {
  await placeEvents(em, tenantId);
  const after = afterId ?? NIL;
  const values: unknown[] = [tenantId, await placeOf(em, tenantId, after), after];
  const add = (value: unknown) => `$${values.push(value)}`;
  let conditions = '';
  let end: FeedEnd | undefined;
  if (filter.type ?? filter.sessionId) {
    // Before the page: what gets its place in between comes after this end, and with the next reading.
    end = await findEnd(em, [...values], filter);
    if (!end) return { events: [], lastId: afterId };
    conditions += ` AND (e.place, e.id) <= (${add(end.place)}::bigint, ${add(end.id)}::uuid)`;
  }
  if (filter.type) conditions += ` AND e.name = ${add(filter.type)}`;
  if (filter.sessionId) conditions += ` AND e.session_id = ${add(filter.sessionId)}`;
  const events = await em.query<FeedEvent[]>(
    `SELECT e.id, e.name, e.payload, e.created_at AS "createdAt" ${FOLLOWING}${conditions}
      ORDER BY e.place, e.id LIMIT ${limit}`,
    values,
  );
  const isFull = events.length === limit;
  return { events, lastId: (isFull ? undefined : end?.id) ?? events.at(-1)?.id ?? afterId };
}

/**
 * The place to go on from. Asked for by itself: the database finds no beginning in an index from what it looks up in the
 * same statement, and would walk through all that the reader has had.
 */
async function placeOf(em: EntityManager, tenantId: string, id: string): Promise<string | number> {
  const [event] = await em.query<{ place: string | null }[]>(
    'SELECT place FROM events WHERE tenant_id = $1 AND id = $2',
    [tenantId, id],
  );
  return event?.place ?? (timeOfId(id) - CLOCKS_DIFFER_MS) * 1000;
}

interface FeedEnd {
  place: string;
  id: string;
}

/**
 * The last event that a reading with a filter looks at; undefined when nothing follows.
 *
 * @param from the values of `FOLLOWING`
 */
async function findEnd(
  em: EntityManager,
  from: unknown[],
  { sessionId }: FeedFilter,
): Promise<FeedEnd | undefined> {
  // A session's events are few and have an index: they are looked for in the whole feed.
  const searched = sessionId ? '' : `ORDER BY e.place, e.id LIMIT ${SEARCHED_AT_ONCE}`;
  const [end] = await em.query<FeedEnd[]>(
    `SELECT place, id FROM (SELECT e.place, e.id ${FOLLOWING} ${searched}) s ORDER BY place DESC, id DESC LIMIT 1`,
    from,
  );
  return end;
}
