import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { migrations } from '../migrations/index.js';
import { createDatabase } from '../src/database/embedded-postgres.js';
import { migrate } from '../src/database/migrate.js';

/** The release before credentials had environments. */
const BEFORE = 3;

describe('migrating credentials', () => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const inside = (variable: string) => {
    const url = new URL(process.env[variable] ?? '');
    url.pathname = name;
    return url.href;
  };
  const tenantId = uuidv7();
  let admin: pg.Client;

  /** Adds a credential as the release before does. */
  const add = (apiUrl: string, status: string) =>
    admin.query(
      `INSERT INTO credentials (tenant_id, id, name, sdk_id, api_url, private_key, key_fingerprint, status)
       VALUES ($1, $2, $3, 'sdk', $4, '', '', $3)`,
      [tenantId, uuidv7(), status, apiUrl],
    );

  beforeAll(async () => {
    await createDatabase(process.env.TEST_ADMIN_URL ?? '', name);
    const owner = await new DataSource({
      type: 'postgres',
      url: inside('TEST_OWNER_URL'),
      migrations: migrations.slice(0, BEFORE),
      migrationsTransactionMode: 'each',
    }).initialize();
    await owner.runMigrations();
    await owner.destroy();
    admin = new pg.Client({ connectionString: inside('TEST_ADMIN_URL') });
    await admin.connect();
    await admin.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, 'unit', 'Unit')`, [tenantId]);
  });

  afterAll(async () => {
    await admin?.end();
    const client = new pg.Client({ connectionString: process.env.TEST_ADMIN_URL });
    await client.connect();
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.end();
  });

  it('gives those that there are their environment, and lets the release before go on', async () => {
    await add('https://api.yoti.com/idverify/v1', 'active');
    await add('https://api.yoti.com/sandbox/idverify/v1', 'pending');
    await add('http://127.0.0.1:3001/idverify/v1', 'retiring');
    await migrate({ url: inside('TEST_OWNER_URL') });
    await add('https://api.yoti.com/idverify/v1', 'retired');
    const { rows } = await admin.query(
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
