import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { readEnvFile } from '../src/env-file.js';
import { createOperator } from '../src/users/create-operator.js';

readEnvFile();
const [email, name] = process.argv.slice(2);
const databaseUrl = process.env.DATABASE_URL;
if (!email?.includes('@') || !name || !databaseUrl) {
  console.error('Usage: DATABASE_URL=... npm run create-operator -- someone@example.org "Some One"');
  process.exit(1);
}
const dataSource = await new DataSource(dataSourceOptions({ databaseUrl, databasePoolSize: 2 })).initialize();
const password = await createOperator(new TenantDb(dataSource), { email, name });
await dataSource.destroy();
console.log(
  password === null ? 'There is an account with this e-mail address.' : `Password, shown once: ${password}`,
);
process.exitCode = password === null ? 1 : 0;
