import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../../scripts/browser.mjs';
import { findPgBouncer } from '../../scripts/pgbouncer.mjs';

const prefix = 'countersign-test-';
const template = 'countersign_template';

/**
 * One PostgreSQL for the whole run, with a migrated database that every test file copies (`database.ts`).
 * Tests that need no database run even when the migrations don't: the error waits for the first that asks for one.
 */
export default async function setUp() {
  await import('./typescript-loader.mjs');
  const { claimDirectory } = await import('../../src/database/embedded-lock.ts');
  const { startEmbeddedPostgres } = await import('../../src/database/embedded-postgres.ts');
  removeLeftovers(claimDirectory);
  const dataDir = mkdtempSync(join(tmpdir(), prefix));
  // Started by root, the server runs as another user, who has to pass through.
  chmodSync(dataDir, 0o755);
  const server = await startEmbeddedPostgres({ dataDir, durable: false, log: () => undefined });
  globalThis.countersignTest = { server, dataDir };
  try {
    await makeTemplate(server);
  } catch (error) {
    process.env.TEST_DATABASE_ERROR = String(error.stack);
  }
  process.env.TEST_ADMIN_URL = server.adminUrl;
  process.env.TEST_OWNER_URL = withDatabase(server.ownerUrl, template);
  process.env.TEST_APP_URL = withDatabase(server.appUrl, template);
  const program = findPgBouncer();
  if (program) process.env.TEST_PGBOUNCER_PROGRAM = JSON.stringify(program);
  if (process.env.TEST_PGBOUNCER === '1') await putPoolerInBetween(program);
  process.env.CHROMIUM_PATH ??= (await findChromium()) ?? '';
}

async function makeTemplate({ adminUrl, ownerUrl }) {
  const { migrate } = await import('../../src/database/migrate.ts');
  const { createDatabase } = await import('../../src/database/embedded-postgres.ts');
  const { default: pg } = await import('pg');
  await createDatabase(adminUrl, template);
  await migrate({ url: withDatabase(ownerUrl, template) });
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  // PostgreSQL doesn't copy a database that somebody is connected to.
  await admin.query(`ALTER DATABASE ${template} ALLOW_CONNECTIONS false`);
  await admin.end();
}

/** The servers under test reach the database through PgBouncer; migrations and wake-ups go directly. */
async function putPoolerInBetween(program) {
  if (!program) throw new Error('TEST_PGBOUNCER is set, and there is no PgBouncer on this machine.');
  const { startPooler } = await import('./pooler.ts');
  const { freePort } = await import('./free-port.ts');
  const direct = process.env.TEST_APP_URL;
  const pooler = await startPooler(program, { upstream: direct, port: await freePort() });
  globalThis.countersignTest.pooler = pooler;
  const pooled = new URL(direct);
  pooled.port = String(pooler.port);
  process.env.TEST_LISTEN_URL = direct;
  process.env.TEST_APP_URL = pooled.href;
}

/** Directories of runs that were killed: whoever can claim one knows that its run is over. */
function removeLeftovers(claimDirectory) {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const directory = join(tmpdir(), name);
    try {
      claimDirectory(directory);
    } catch {
      continue;
    }
    rmSync(directory, { recursive: true, force: true });
  }
}

function withDatabase(url, database) {
  const changed = new URL(url);
  changed.pathname = database;
  return changed.href;
}
