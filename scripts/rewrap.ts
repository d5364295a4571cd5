import { DataSource } from 'typeorm';
import { loadConfig, StartError } from '../src/config.js';
import { KeyRing } from '../src/crypto/key-ring.js';
import { rewrap, type Leftover } from '../src/crypto/rewrap.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { TenantDb } from '../src/database/tenant-db.js';

const BATCH = 500;

try {
  const config = loadConfig(process.env);
  const ring = new KeyRing(config.encryptionKeys);
  const dataSource = await new DataSource(dataSourceOptions({ ...config, databasePoolSize: 2 })).initialize();
  const db = new TenantDb(dataSource);
  let left: Leftover[];
  try {
    left = await rewrap({ db, ring, batch: BATCH, log: (line) => console.log(line) });
  } finally {
    await dataSource.destroy();
  }
  for (const { keyId, table, count } of left) {
    console.log(`${table}: ${count} values still need the key "${keyId}"`);
  }
  for (const id of ring.ids.slice(1)) {
    if (left.every(({ keyId }) => keyId !== id)) console.log(`Nothing needs the key "${id}" any more.`);
  }
  process.exitCode = left.length === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
