import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { loadConfig, StartError } from '../src/config.js';
import { giveUpKey } from '../src/crypto/check-key-ring.js';
import { KeyRing } from '../src/crypto/key-ring.js';
import { countLeft, rewrap, type Leftover } from '../src/crypto/rewrap.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { readEnvFile } from '../src/env-file.js';

const BATCH = 500;

/** What becomes of what a lost key sealed, beside what is counted. */
const AFTER_LOSS =
  'Add the Yoti credentials and set the secrets anew, and rotate the webhook secrets without an overlap; the results, ' +
  'notes and links of these sessions answer 410. Should the key be found, put it back behind the current one.';

const say = (line: string) => console.log(line);

/** The id after `--give-up`. @throws StartError for any other argument */
function keyToGiveUp(): string | undefined {
  try {
    return parseArgs({ options: { 'give-up': { type: 'string' } } }).values['give-up'];
  } catch {
    throw new StartError('Usage: npm run rewrap, or npm run rewrap -- --give-up <id of a lost key>');
  }
}

async function giveUp(db: TenantDb, ring: KeyRing, lost: string): Promise<number> {
  await giveUpKey(db, ring, lost);
  say(`The key "${lost}" is given up: servers start without it.`);
  const values = (await countLeft({ db, ring, batch: BATCH })).filter(({ keyId }) => keyId === lost);
  for (const { table, count } of values) say(`${table}: ${count} values are lost with it`);
  say(values.length > 0 ? AFTER_LOSS : 'Nothing was sealed under it.');
  return 0;
}

async function rewrapAll(db: TenantDb, ring: KeyRing): Promise<number> {
  const left = await rewrap({ db, ring, batch: BATCH, log: say });
  const isGivenUp = ({ keyId }: Leftover) => !ring.ids.includes(keyId);
  for (const value of left) {
    const { keyId, table, count } = value;
    say(
      isGivenUp(value)
        ? `${table}: ${count} values are lost with the key "${keyId}", which was given up`
        : `${table}: ${count} values still need the key "${keyId}"`,
    );
  }
  for (const id of ring.ids.slice(1)) {
    if (left.every(({ keyId }) => keyId !== id)) say(`Nothing needs the key "${id}" any more.`);
  }
  return left.every(isGivenUp) ? 0 : 1;
}

try {
  const lost = keyToGiveUp();
  readEnvFile();
  const config = loadConfig(process.env);
  const ring = new KeyRing(config.encryptionKeys);
  // Nobody waits for it, as little as for a worker's statements.
  const options = dataSourceOptions({ ...config, databasePoolSize: 2, role: 'worker' });
  const dataSource = await new DataSource(options).initialize();
  const db = new TenantDb(dataSource);
  try {
    process.exitCode = lost === undefined ? await rewrapAll(db, ring) : await giveUp(db, ring, lost);
  } finally {
    await dataSource.destroy();
  }
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
