import type { Client } from './client.js';

/** The memory of the server's process, as its metrics tell it. */
export async function residentBytes(client: Client): Promise<number> {
  const { body } = await client.get<string>('/metrics');
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(body)?.[1]);
}
