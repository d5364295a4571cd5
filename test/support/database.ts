import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createDatabase } from '../../src/database/embedded-postgres.js';

/** A migrated, empty database of one test file. */
export interface TestDatabase {
  /** The role that owns the tables: what migrations run as. */
  ownerUrl: string;
  /** The role of the server, subject to row-level security: what tests run as. */
  appUrl: string;
  /** The superuser, in this database: for looking at what no role of the product may see. */
  adminUrl: string;
  drop: () => Promise<void>;
  /** What the server needs to reach it, besides `appUrl`: more than nothing when a pooler stands in between. */
  settings?: Record<string, string>;
}

/**
 * Copies the migrated template that the global set-up made.
 *
 * @throws Error with the cause when the migrations failed in the set-up
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  if (process.env.TEST_DATABASE_ERROR) {
    throw new Error(`The test database could not be made: ${process.env.TEST_DATABASE_ERROR}`);
  }
  const adminUrl = setting('TEST_ADMIN_URL');
  const template = new URL(setting('TEST_OWNER_URL')).pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await createDatabase(adminUrl, name, template);
  const inside = (url: string) => {
    const changed = new URL(url);
    changed.pathname = name;
    return changed.href;
  };
  return {
    ownerUrl: inside(setting('TEST_OWNER_URL')),
    appUrl: inside(setting('TEST_APP_URL')),
    adminUrl: inside(adminUrl),
    drop: () => dropDatabase(adminUrl, name),
    settings: process.env.TEST_LISTEN_URL
      ? { DATABASE_PREPARE: 'false', DATABASE_LISTEN_URL: inside(process.env.TEST_LISTEN_URL) }
      : {},
  };
}

/** Removes a database, whoever is connected to it. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await client.end();
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run the tests through Jest's configuration.`);
  }
  return value;
}
