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

/** The rows of one step through a holder's, with the ids of the keys that their values are sealed under. */
interface Step {
  rows: { id: string; keyId: string | null }[];
  /** Where the next step begins; null after the last. */
  last: string | null;
}

interface Batch extends Pick<Step, 'last'> {
  done: number;
  unreadable: number;
}

/**
 * Seals everything that an old key of the ring has sealed under the current one, in batches that each commit, while
 * servers work: killed, it goes on where it was when it is run again. Rows that somebody else has locked are left for
 * later. Keys that nothing needs any more are forgotten, so that a server starts without them.
 *
 * @returns what isn't under the current key: nothing, unless a value can't be opened, a server still seals under an old
 *   key, or a key was given up, which the ring then lacks
 * @throws StartError when the ring isn't the database's
 */
export async function rewrap(options: Options): Promise<Leftover[]> {
  const { db, ring } = options;
  await checkKeyRing(db, ring);
  let left: Leftover[] = [];
  for (let pass = 1; pass <= MOST_PASSES; pass += 1) {
    for (const column of sealedColumns) await rewrapColumn(options, column);
    left = await countLeft(options);
    if (left.every(({ keyId }) => !ring.ids.includes(keyId))) break;
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

/** Where a step begins: behind a row of a holder, or at its first one. */
interface From {
  column: SealedColumn;
  holder: string;
  after: string | null;
}

async function rewrapBatch(em: EntityManager, { ring, batch }: Options, from: From): Promise<Batch> {
  const { column, holder } = from;
  const { table, id, idType, placedBy = id } = column;
  const { rows, last } = await readStep(em, from, batch);
  const old = rows.filter(({ keyId }) => keyId !== null && keyId !== ring.currentId);
  if (old.length === 0) return { done: 0, unreadable: 0, last };
  const found = await em.query<Sealed[]>(
    `SELECT t.${id}::text AS id, t.${placedBy}::text AS "rowId", t.${column.column} AS value FROM ${table} t
      WHERE t.${column.holder} = $1 AND t.${id} = ANY ($2::${idType}[]) AND ${keyOf(column)} <> $3
        FOR NO KEY UPDATE SKIP LOCKED`,
    [holder, old.map((row) => row.id), ring.currentId],
  );
  const renewed = found.flatMap((row) => renew(ring, column, holder, row));
  if (renewed.length > 0) {
    await em.query(
      `UPDATE ${table} t SET ${column.column} = n.value FROM unnest($2::${idType}[], $3::bytea[]) AS n (id, value)
        WHERE t.${column.holder} = $1 AND t.${id} = n.id`,
      [holder, renewed.map((row) => row.id), renewed.map(({ value }) => value)],
    );
  }
  return { done: renewed.length, unreadable: found.length - renewed.length, last };
}

/** The next rows of a holder, whatever their keys: a look for the old ones alone would read all that are left. */
async function readStep(em: EntityManager, { column, holder, after }: From, batch: number): Promise<Step> {
  const { table, id, idType } = column;
  const behind = after === null ? '' : `AND t.${id} > $2::${idType}`;
  const rows = await em.query<Step['rows']>(
    `SELECT t.${id}::text AS id, ${keyOf(column)} AS "keyId" FROM ${table} t
      WHERE t.${column.holder} = $1 ${behind} ORDER BY t.${id} LIMIT ${batch}`,
    after === null ? [holder] : [holder, after],
  );
  return { rows, last: rows.length === batch ? (rows.at(-1)?.id ?? null) : null };
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

/** What isn't sealed under the current key, table by table. */
export async function countLeft({
  db,
  ring,
  batch,
}: Pick<Options, 'db' | 'ring' | 'batch'>): Promise<Leftover[]> {
  const left = new Map<string, Leftover>();
  for (const column of sealedColumns) {
    for (const holder of await holdersOf(db, column)) {
      let after: string | null = null;
      do {
        const from: From = { column, holder, after };
        const step = await inHolder(db, column, holder, (em) => readStep(em, from, batch));
        for (const { keyId } of step.rows) {
          if (keyId !== null && keyId !== ring.currentId) count(left, keyId, column.table);
        }
        after = step.last;
      } while (after !== null);
    }
  }
  return [...left.values()];
}

function count(left: Map<string, Leftover>, keyId: string, table: string): void {
  const name = `${keyId} ${table}`;
  left.set(name, { keyId, table, count: (left.get(name)?.count ?? 0) + 1 });
}

/** Id of the key that a value is sealed under; null where there is no value. */
const keyOf = ({ column }: SealedColumn): string =>
  `CASE WHEN length(t.${column}) > 2 THEN encode(substr(t.${column}, 3, get_byte(t.${column}, 1)), 'escape') END`;

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
