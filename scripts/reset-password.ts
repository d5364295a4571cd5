import { DataSource } from 'typeorm';
import { hashPassword } from '../src/auth/passwords.js';
import { randomToken } from '../src/crypto/tokens.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { readEnvFile } from '../src/env-file.js';

readEnvFile();
const [email] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL;
if (!email?.includes('@') || !databaseUrl) {
  console.error('Usage: DATABASE_URL=... npm run reset-password -- someone@example.org');
  process.exit(1);
}
const dataSource = await new DataSource(dataSourceOptions({ databaseUrl, databasePoolSize: 2 })).initialize();
const db = new TenantDb(dataSource);
const [person] = await db.lookUp<{ id: string }>('SELECT id FROM find_login($1)', [email]);
const password = randomToken(12);
if (person) {
  // No session is kept: whoever is logged in is out.
  await db.lookUp('SELECT change_password($1, $2, $3)', [
    person.id,
    await hashPassword(password),
    Buffer.alloc(0),
  ]);
}
await dataSource.destroy();
console.log(person ? `Password, shown once: ${password}` : 'There is no account with this e-mail address.');
process.exitCode = person ? 0 : 1;
