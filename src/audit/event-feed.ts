import type { EntityManager } from 'typeorm';
import type { z } from 'zod';
import { CLOCKS_DIFFER_MS, timeOfId } from '../database/time-ids.js';
import { EventRow } from './audit.entity.js';
import type { eventQuerySchema } from './audit.schemas.js';

/** Events that one reading gives a place at most; the next reading goes on with the rest. */
const PLACED_AT_ONCE = 5000;

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
  { type, sessionId }: Pick<z.infer<typeof eventQuerySchema>, 'type' | 'sessionId'>,
): Promise<EventRow[]> {
  await placeEvents(em, tenantId);
  const select = em
    .createQueryBuilder(EventRow, 'e')
    .where('e.tenantId = :tenantId AND e.place IS NOT NULL', { tenantId })
    .orderBy('e.place', 'ASC')
    .addOrderBy('e.id', 'ASC')
    .limit(limit);
  if (afterId) {
    const since = (timeOfId(afterId) - CLOCKS_DIFFER_MS) * 1000;
    select.andWhere(
      `(e.place, e.id) > (coalesce((SELECT p.place FROM events p WHERE p.tenant_id = :tenantId AND p.id = :afterId),
                                   CAST(:since AS bigint)), :afterId)`,
      { afterId, since },
    );
  }
  if (type) select.andWhere('e.name = :type', { type });
  if (sessionId) select.andWhere('e.sessionId = :sessionId', { sessionId });
  return select.getMany();
}
