import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createDatabase } from '../src/database/embedded-postgres.js';
import { loadConfig } from '../src/config.js';
import { startServer } from '../src/server.js';
import { eventually } from './support/app.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { startScript } from './support/run-script.js';

describe('the server at its start', () => {
  let database: TestDatabase;
  let admin: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
  });

  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  const configFor = (databaseUrl: string) =>
    loadConfig({
      DATABASE_URL: databaseUrl,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      PUBLIC_URL: 'http://127.0.0.1:3000',
      HOST: '127.0.0.1',
      PORT: '0',
      LOG_LEVEL: 'silent',
    });

  const connections = async (databaseName: string) => {
    const { rows } = await admin.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = $1 AND application_name LIKE 'countersign%'`,
      [databaseName],
    );
    return rows[0]?.count;
  };

  it.each(['ownerUrl', 'adminUrl'] as const)('I1 refuses to run as the role of %s', async (role) => {
    await expect(startServer(configFor(database[role]))).rejects.toThrow('can bypass row-level security');
    // A backend ends a moment after its client has gone.
    await eventually(async () => (await connections(new URL(database.appUrl).pathname.slice(1))) === 0);
  });

  describe('reads the file .env where it is started', () => {
    let directory: string;

    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'countersign-test-'));
    });

    afterAll(() => rmSync(directory, { recursive: true }));

    const fill = (...lines: string[]) => writeFileSync(join(directory, '.env'), lines.join('\n'));

    it('so that a filled one is never the demonstration', async () => {
      fill(
        'DATABASE_URL=postgres://countersign_app:x@127.0.0.1:1/countersign',
        'PUBLIC_URL=http://127.0.0.1',
      );
      const { code, printed } = await startScript('src/main', [], {}, directory).ended;
      expect({ code, printed }).toEqual({
        code: 1,
        printed: 'Settings are missing or weak:\n  - ENCRYPTION_KEYS is not set\n',
      });
    });

    it('with what the environment has already before it', async () => {
      fill(`MIGRATION_DATABASE_URL=${database.ownerUrl}`);
      const filled = await startScript('scripts/migrate', [], {}, directory).ended;
      expect(filled).toEqual({ code: 0, printed: 'The schema is up to date.\n' });
      fill('MIGRATION_DATABASE_URL=postgres://countersign_owner:x@127.0.0.1:1/countersign');
      const settings = { MIGRATION_DATABASE_URL: database.ownerUrl };
      expect(await startScript('scripts/migrate', [], settings, directory).ended).toEqual(filled);
    });
  });

  it('refuses to run on a database that was not migrated', async () => {
    const name = `empty_${randomBytes(6).toString('hex')}`;
    await createDatabase(database.adminUrl, name);
    const url = new URL(database.appUrl);
    url.pathname = name;
    try {
      await expect(startServer(configFor(url.href))).rejects.toThrow('npm run migrate');
      await eventually(async () => (await connections(name)) === 0);
    } finally {
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});
