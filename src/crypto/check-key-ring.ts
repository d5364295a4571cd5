import type { EntityManager } from 'typeorm';
import { StartError } from '../config.js';
import type { TenantDb } from '../database/tenant-db.js';
import { keyIdOf, SealError, type KeyRing, type Place } from './key-ring.js';

/** One number for everybody who looks at the keys of this database or changes them, one after another. */
const KEY_LOCK = 4_273_118_952;

interface CheckValue {
  id: string;
  checkValue: Buffer;
}

interface WrappedKey {
  tenant_id: string;
  id: string;
  data_key: Buffer;
}

/**
 * Makes sure that the ring opens what the database holds. A value is stored for each key that has sealed; it is opened
 * at every start, and goes when nothing is sealed under its key any more (`rewrap`) or the key is given up. The ring of
 * the first start is tried on a session's key. A ring that is refused leaves no trace, and one that is known writes
 * nothing, so that a database that takes no changes can be served.
 *
 * @throws StartError naming the key that is missing, or that isn't the one it was
 */
export async function checkKeyRing(db: TenantDb, ring: KeyRing): Promise<void> {
  await oneAfterAnother(db, async (em) => {
    const stored = await readCheckValues(em);
    if (stored.length === 0) await tryOnSession(em, ring);
    for (const { id } of stored) if (!ring.ids.includes(id)) throw missing(id);
    verify(ring, stored);
    await storeMissing(em, ring, stored);
  });
}

/** Forgets a key under which nothing is sealed any more, so that a ring may do without it. */
export async function forgetKey(db: TenantDb, id: string): Promise<void> {
  await db.lookUp('DELETE FROM encryption_keys WHERE id = $1', [id]);
}

/**
 * Forgets a key that is lost, so that servers start without it. What it sealed stays as it is: it opens again should the
 * key be found and put back into the ring.
 *
 * @throws StartError for a key that isn't lost, because the ring has it, and for one that the database doesn't need;
 *   when a key of the ring isn't the one it was
 */
export async function giveUpKey(db: TenantDb, ring: KeyRing, id: string): Promise<void> {
  if (ring.ids.includes(id)) {
    throw new StartError(
      `ENCRYPTION_KEYS has the key "${id}". Only a key that is lost can be given up; to stop using one, put another ` +
        'before it and run: npm run rewrap',
    );
  }
  await oneAfterAnother(db, async (em) => {
    const stored = await readCheckValues(em);
    const session = stored.length === 0 ? await anySessionKey(em) : undefined;
    const needed = session ? [keyIdOf(session.data_key)] : stored.map((value) => value.id);
    if (!needed.includes(id)) {
      const names = needed.map((name) => `"${name}"`).join(', ') || 'none';
      throw new StartError(`The database does not need a key "${id}". It needs: ${names}.`);
    }
    verify(ring, stored);
    await storeMissing(em, ring, stored);
    await em.query('DELETE FROM encryption_keys WHERE id = $1', [id]);
  });
}

/** Of two servers that start at once with different keys, the second one finds those of the first. */
const oneAfterAnother = (db: TenantDb, work: (em: EntityManager) => Promise<void>): Promise<void> =>
  db.withoutTenant(async (em) => {
    await em.query('SELECT pg_advisory_xact_lock($1)', [KEY_LOCK]);
    await work(em);
  });

/** Opens what was stored for the keys that the ring has. */
function verify(ring: KeyRing, stored: CheckValue[]): void {
  for (const { id, checkValue } of stored) {
    if (ring.ids.includes(id)) requireOpens(ring, checkValue, checkPlace(id));
  }
}

async function tryOnSession(em: EntityManager, ring: KeyRing): Promise<void> {
  const row = await anySessionKey(em);
  if (!row) return;
  const id = keyIdOf(row.data_key);
  if (!ring.ids.includes(id)) throw missing(id);
  requireOpens(ring, row.data_key, { purpose: 'data-key', tenantId: row.tenant_id, rowId: row.id });
}

async function anySessionKey(em: EntityManager): Promise<WrappedKey | undefined> {
  const [row] = await em.query<WrappedKey[]>('SELECT * FROM any_session_key()');
  return row;
}

function requireOpens(ring: KeyRing, value: Buffer, place: Place): void {
  try {
    ring.open(value, place);
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    throw new StartError(
      `The key "${keyIdOf(value)}" of ENCRYPTION_KEYS is not the one that the database was sealed with.`,
    );
  }
}

const missing = (id: string) =>
  new StartError(
    `ENCRYPTION_KEYS lacks the key "${id}", under which the database holds values. ` +
      'Put it back behind the current key, then run: npm run rewrap. ' +
      `If it is lost for good, and with it what it sealed, run: npm run rewrap -- --give-up ${id}`,
  );

const readCheckValues = (em: EntityManager): Promise<CheckValue[]> =>
  em.query<CheckValue[]>('SELECT id, check_value AS "checkValue" FROM encryption_keys ORDER BY id');

async function storeMissing(em: EntityManager, ring: KeyRing, stored: CheckValue[]): Promise<void> {
  // Which keys sealed before the first check value was stored, nobody knows: all of the ring may have.
  const wanted = stored.length === 0 ? ring.ids : [ring.currentId];
  for (const id of wanted) {
    if (stored.some((value) => value.id === id)) continue;
    await em.query('INSERT INTO encryption_keys (id, check_value) VALUES ($1, $2)', [
      id,
      ring.sealUnder(id, 'check', checkPlace(id)),
    ]);
  }
}

const checkPlace = (id: string): Place => ({ purpose: 'key-check', tenantId: '', rowId: id });
