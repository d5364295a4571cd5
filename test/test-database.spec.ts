import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from './support/database.js';

async function tables(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'`,
    );
    return rows[0]?.count ?? 0;
  } finally {
    await client.end();
  }
}

describe('the test database', () => {
  it('is migrated, belongs to its test file alone and can be dropped', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    try {
      expect(first.appUrl).not.toBe(second.appUrl);
      expect(await tables(first.appUrl)).toBeGreaterThan(1);
    } finally {
      await Promise.all([first.drop(), second.drop()]);
    }
    // Asked of PostgreSQL itself: a pooler in between goes on trying to reach it.
    await expect(tables(first.ownerUrl)).rejects.toThrow('does not exist');
  });
});
