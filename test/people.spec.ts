import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';

describe('adding a person whom somebody else is adding', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let person: { email: string; name: string; role: string };

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
    tenant = await createTenant(app);
  });

  beforeEach(() => {
    person = { email: `${randomUUID()}@people.example`, name: 'Somebody', role: 'reviewer' };
  });

  afterAll(async () => {
    await app.stop();
  });

  /** Adds the person elsewhere, and lets `end` decide what becomes of it while ours waits. */
  async function addMeanwhile(end: 'COMMIT' | 'ROLLBACK') {
    const other = new pg.Client({ connectionString: app.database.adminUrl });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query(`INSERT INTO users (id, email, name, password_hash) VALUES ($1, $2, 'Theirs', '')`, [
        randomUUID(),
        person.email,
      ]);
      const answer = tenant.admin.post('/v1/users', person);
      await eventually(async () => {
        const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return (await app.sql(waiting)).length > 0;
      });
      await other.query(end);
      return expectStatus(await answer, 201);
    } finally {
      await other.end();
    }
  }

  it('adds the account that is there now, and leaves it as it is', async () => {
    const added = await addMeanwhile('COMMIT');
    expect(added).toMatchObject({ email: person.email, name: 'Theirs', initialPassword: null });
  });

  it('makes the account when the other gives up', async () => {
    const added = await addMeanwhile('ROLLBACK');
    expect(added).toMatchObject({ email: person.email, name: 'Somebody' });
    expect(added.initialPassword).toEqual(expect.any(String));
  });

  it('makes one account for two tenants at once, and tells one of them its password', async () => {
    const other = await createTenant(app);
    const answers = await Promise.all([tenant, other].map(({ admin }) => admin.post('/v1/users', person)));
    const [first, second] = answers.map((answer) => expectStatus(answer, 201));
    expect(first.id).toBe(second.id);
    expect([first, second].filter(({ initialPassword }) => initialPassword !== null)).toHaveLength(1);
  });
});
