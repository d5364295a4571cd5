import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { migrate } from '../src/database/migrate.js';
import { createOlderDatabase, type OlderDatabase } from './support/older-database.js';

/** The release before credentials had environments. */
const BEFORE = 3;

describe('migrating credentials', () => {
  const tenantId = uuidv7();
  let older: OlderDatabase;

  /** Adds a credential as the release before does. */
  const add = (apiUrl: string, status: string) =>
    older.sql(
      `INSERT INTO credentials (tenant_id, id, name, sdk_id, api_url, private_key, key_fingerprint, status)
       VALUES ($1, $2, $3, 'sdk', $4, '', '', $3)`,
      [tenantId, uuidv7(), status, apiUrl],
    );

  beforeAll(async () => {
    older = await createOlderDatabase(BEFORE);
    await older.sql(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'unit', 'Unit')`, [tenantId]);
  });

  afterAll(() => older?.drop());

  it('gives those that there are their environment, and lets the release before go on', async () => {
    await add('https://api.yoti.com/idverify/v1', 'active');
    await add('https://api.yoti.com/sandbox/idverify/v1', 'pending');
    await add('http://127.0.0.1:3001/idverify/v1', 'retiring');
    await migrate({ url: older.ownerUrl });
    await add('https://api.yoti.com/idverify/v1', 'retired');
    const rows = await older.sql(
      'SELECT status, environment, next_look_at IS NOT NULL AS looked FROM credentials ORDER BY status',
    );
    expect(rows).toEqual([
      { status: 'active', environment: 'live', looked: false },
      { status: 'pending', environment: 'sandbox', looked: false },
      { status: 'retired', environment: 'live', looked: false },
      { status: 'retiring', environment: 'simulator', looked: true },
    ]);
  });
});
