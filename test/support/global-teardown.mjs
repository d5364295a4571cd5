import { rmSync } from 'node:fs';

export default async function tearDown() {
  const { server, dataDir, pooler } = globalThis.countersignTest;
  await pooler?.stop();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
