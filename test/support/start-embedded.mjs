// Starts the embedded PostgreSQL in the directory given, prints its address and stays: for tests that kill it.
await import('./typescript-loader.mjs');
const { startEmbeddedPostgres } = await import('../../src/database/embedded-postgres.ts');
const { adminUrl } = await startEmbeddedPostgres({
  dataDir: process.argv[2],
  durable: false,
  log: () => undefined,
});
console.log(adminUrl);
setInterval(() => undefined, 60_000);
