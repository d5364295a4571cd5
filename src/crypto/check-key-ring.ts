import { StartError } from '../config.js';
import type { TenantDb } from '../database/tenant-db.js';
import { keyIdOf, SealError, type KeyRing, type Place } from './key-ring.js';

interface CheckValue {
  id: string;
  checkValue: Buffer;
}

/**
 * Makes sure that the ring opens what the database holds. A value is stored for each key that has sealed; it is opened
 * at every start, and goes when nothing is sealed under its key any more (`rewrap`). The ring of the first start is
 * tried on a session's key.
 *
 * @throws StartError naming the key that is missing, or that isn't the one it was
 */
export async function checkKeyRing(db: TenantDb, ring: KeyRing): Promise<void> {
  const stored = await readCheckValues(db);
  if (stored.length === 0) await tryOnSession(db, ring);
  verify(ring, stored);
  // Which keys sealed before the first check value was stored, nobody knows: all of the ring may have.
  await store(db, ring, stored.length === 0 ? ring.ids : [ring.currentId]);
  // Of two servers that start at once with different keys, the first one's are kept.
  verify(ring, await readCheckValues(db));
}

/** Forgets a key under which nothing is sealed any more, so that a ring may do without it. */
export async function forgetKey(db: TenantDb, id: string): Promise<void> {
  await db.lookUp('DELETE FROM encryption_keys WHERE id = $1', [id]);
}

function verify(ring: KeyRing, stored: CheckValue[]): void {
  const known = new Set(ring.ids);
  for (const { id, checkValue } of stored) {
    if (known.has(id)) requireOpens(ring, checkValue, checkPlace(id));
    else throw missing(id);
  }
}

async function tryOnSession(db: TenantDb, ring: KeyRing): Promise<void> {
  const [row] = await db.lookUp<{ tenant_id: string; id: string; data_key: Buffer }>(
    'SELECT * FROM any_session_key()',
    [],
  );
  if (!row) return;
  const id = keyIdOf(row.data_key);
  if (!ring.ids.includes(id)) throw missing(id);
  requireOpens(ring, row.data_key, { purpose: 'data-key', tenantId: row.tenant_id, rowId: row.id });
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
      'Put it back behind the current key, then run: npm run rewrap',
  );

async function readCheckValues(db: TenantDb): Promise<CheckValue[]> {
  return db.lookUp<CheckValue>('SELECT id, check_value AS "checkValue" FROM encryption_keys ORDER BY id', []);
}

async function store(db: TenantDb, ring: KeyRing, ids: string[]): Promise<void> {
  for (const id of ids) {
    await db.lookUp(
      'INSERT INTO encryption_keys (id, check_value) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
      [id, ring.sealUnder(id, 'check', checkPlace(id))],
    );
  }
}

const checkPlace = (id: string): Place => ({ purpose: 'key-check', tenantId: '', rowId: id });
