import type { EntityManager } from 'typeorm';
import type { TenantDb } from '../database/tenant-db.js';
import { checkKeyRing, forgetKey } from './check-key-ring.js';
import { SealError, type KeyRing } from './key-ring.js';
import { sealedColumns, type SealedColumn } from './sealed-columns.js';

/** Passes over everything: what is locked by traffic in one is done in the next. */
const MOST_PASSES = 3;

interface Options {
  db: TenantDb;
  ring: KeyRing;
  /** Rows of one transaction. */
  batch: number;
  log: (line: string) => void;
}

/** Values that only an old key opens. */
export interface Leftover {
  keyId: string;
  table: string;
  count: number;
}

interface Sealed {
  id: string;
  rowId: string;
  value: Buffer;
}

interface Batch {
  done: number;
  unreadable: number;
  /** Where the next batch begins; null after the last. */
  last: string | null;
}

/**
 * Seals everything that an old key of the ring has sealed under the current one, in batches that each commit, while
 * servers work: killed, it goes on where it was when it is run again. Rows that somebody else has locked are left for
 * later. Keys that nothing needs any more are forgotten, so that a server starts without them.
 *
 * @returns what still needs an old key: nothing, unless a value can't be opened or a server still seals under an old key
 * @throws StartError when the ring isn't the database's
 */
export async function rewrap(options: Options): Promise<Leftover[]> {
  const { db, ring } = options;
  await checkKeyRing(db, ring);
  let left: Leftover[] = [];
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    for (const column of sealedColumns) await rewrapColumn(options, column);
    left = await countLeft(options);
    if (left.length === 0) break;
  }
  const needed = new Set(left.map(({ keyId }) => keyId));
  for (const id of ring.ids) {
    if (id !== ring.currentId && !needed.has(id)) await forgetKey(db, id);
  }
  return left;
}

async function rewrapColumn(options: Options, column: SealedColumn): Promise<void> {
  let [done, unreadable] = [0, 0];
  for (const holder of await holdersOf(options.db, column)) {
    let after: string | null = null;
    do {
      const from: string | null = after;
      const batch: Batch = await inHolder(options.db, column, holder, (em) =>
        rewrapBatch(em, options, { column, holder, after: from }),
      );
      done += batch.done;
      unreadable += batch.unreadable;
      after = batch.last;
      if (batch.done > 0) options.log(`${column.table}: ${done} values re-wrapped`);
    } while (after !== null);
  }
  if (unreadable > 0) options.log(`${column.table}: ${unreadable} values can not be opened`);
}

async function rewrapBatch(
  em: EntityManager,
  { ring, batch }: Options,
  { column, holder, after }: { column: SealedColumn; holder: string; after: string | null },
): Promise<Batch> {
  const { table, id, idType, placedBy = id } = column;
  const found = await em.query<Sealed[]>(
    `SELECT ${id}::text AS id, ${placedBy}::text AS "rowId", ${column.column} AS value FROM ${table}
      WHERE ${column.holder} = $1 AND ($2::${idType} IS NULL OR ${id} > $2) AND ${keyOf(column)} <> $3
      ORDER BY ${id} LIMIT ${batch} FOR NO KEY UPDATE SKIP LOCKED`,
    [holder, after, ring.currentId],
  );
  const renewed = found.flatMap((row) => renew(ring, column, holder, row));
  if (renewed.length > 0) {
    await em.query(
      `UPDATE ${table} t SET ${column.column} = n.value FROM unnest($2::${idType}[], $3::bytea[]) AS n (id, value)
        WHERE t.${column.holder} = $1 AND t.${id} = n.id`,
      [holder, renewed.map((row) => row.id), renewed.map(({ value }) => value)],
    );
  }
  const last = found.length === batch ? (found.at(-1)?.id ?? null) : null;
  return { done: renewed.length, unreadable: found.length - renewed.length, last };
}

/** The value under the current key; nothing for one that doesn't open, which stays as it is. */
function renew(ring: KeyRing, { purpose }: SealedColumn, tenantId: string, row: Sealed): Sealed[] {
  const place = { purpose, tenantId, rowId: row.rowId };
  try {
    return [{ ...row, value: ring.seal(ring.open(row.value, place), place) }];
  } catch (error) {
    if (error instanceof SealError) return [];
    throw error;
  }
}

async function countLeft({ db, ring }: Options): Promise<Leftover[]> {
  const left = new Map<string, Leftover>();
  for (const column of sealedColumns) {
    for (const holder of await holdersOf(db, column)) {
      const rows = await inHolder(db, column, holder, (em) =>
        em.query<{ keyId: string; count: number }[]>(
          `SELECT ${keyOf(column)} AS "keyId", count(*)::int AS count FROM ${column.table}
            WHERE ${column.holder} = $1 AND ${keyOf(column)} <> $2 GROUP BY 1`,
          [holder, ring.currentId],
        ),
      );
      for (const { keyId, count } of rows) {
        const [name, { table }] = [`${keyId} ${column.table}`, column];
        left.set(name, { keyId, table, count: count + (left.get(name)?.count ?? 0) });
      }
    }
  }
  return [...left.values()];
}

/** Id of the key that a value is sealed under; null where there is no value. */
const keyOf = ({ column }: SealedColumn): string =>
  `CASE WHEN length(${column}) > 2 THEN encode(substr(${column}, 3, get_byte(${column}, 1)), 'escape') END`;

async function holdersOf(db: TenantDb, { table, holder }: SealedColumn): Promise<string[]> {
  const sql =
    holder === 'tenant_id' ? 'SELECT id FROM tenants' : `SELECT DISTINCT ${holder} AS id FROM ${table}`;
  const rows = await db.lookUp<{ id: string }>(`${sql} ORDER BY 1`, []);
  return rows.map(({ id }) => id);
}

const inHolder = <T>(
  db: TenantDb,
  column: SealedColumn,
  holder: string,
  work: (em: EntityManager) => Promise<T>,
): Promise<T> => (column.holder === 'tenant_id' ? db.run(holder, work) : db.withoutTenant(work));
