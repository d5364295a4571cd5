import { migrate, MigrationError } from '../src/database/migrate.js';
import { readEnvFile } from '../src/env-file.js';

readEnvFile();
const url = process.env.MIGRATION_DATABASE_URL;
if (!url) {
  console.error('MIGRATION_DATABASE_URL is not set: the connection of the role that owns the schema.');
  process.exit(1);
}
try {
  const applied = await migrate({ url, log: (line) => console.log(line) });
  console.log(applied === 0 ? 'The schema is up to date.' : `${applied} step(s) applied.`);
} catch (error) {
  console.error(error instanceof MigrationError ? error.message : error);
  process.exit(1);
}
