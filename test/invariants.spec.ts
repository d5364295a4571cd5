import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, createSession, finishSession } from './support/factories.js';
import { brokenInvariants } from './support/invariants.js';

/** As long as it takes to see that nobody does what is due. */
const PATIENCE_MS = 300;

describe('what the fault tests look at after each test', () => {
  let app: TestApp;

  beforeAll(async () => {
    // No worker: what is due stays so.
    app = await startTestApp({ config: { role: 'api' } });
    const tenant = await createReadyTenant(app);
    const session = await createSession(tenant);
    await finishSession(app, tenant, session);
    const path = `/v1/sessions/${session.id}`;
    await eventually(async () => (await tenant.key.post(`${path}/sync`)).body.status === 'completed');
    await app.sql('UPDATE sessions SET next_sync_at = NULL');
  }, 60_000);

  afterAll(() => app.stop());

  const broken = async () => Object.keys(await brokenInvariants(app, PATIENCE_MS));
  const swap = `UPDATE events SET sequence = 3 - sequence WHERE name IN ('session.created', 'session.started')`;

  it.each([
    ['I3 a session goes forward only, and nothing happens to it twice', swap, swap],
    [
      'I4 a change has one event and one audit entry',
      `UPDATE audit_entries SET action = 'lost' WHERE action = 'policy.published'`,
      `UPDATE audit_entries SET action = 'policy.published' WHERE action = 'lost'`,
    ],
    [
      'I5 the server can only add to the audit trail',
      'GRANT UPDATE ON audit_entries TO countersign_app',
      'REVOKE UPDATE ON audit_entries FROM countersign_app',
    ],
    [
      'I6 no secret is written into audit_entries',
      `UPDATE audit_entries SET request_id = 'csk_' || repeat('a', 43) WHERE action = 'policy.published'`,
      `UPDATE audit_entries SET request_id = NULL WHERE action = 'policy.published'`,
    ],
    ...[
      ['sessions', 'next_sync_at'],
      ['credentials', 'next_look_at'],
    ].map(
      ([table, due]) =>
        [
          'I7 nothing that is due is left lying',
          `UPDATE ${table} SET ${due} = now(), lease_token = gen_random_uuid(), lease_until = now()`,
          `UPDATE ${table} SET ${due} = NULL, lease_token = NULL, lease_until = NULL`,
        ] as const,
    ),
    [
      'I1 a tenant sees no row of another',
      'ALTER TABLE policies DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE policies ENABLE ROW LEVEL SECURITY',
    ],
  ] as const)('sees that this is broken: %s', async (name, fault, mend) => {
    expect(await broken()).toEqual([]);
    await app.sql(fault);
    expect(await broken()).toEqual([name]);
    await app.sql(mend);
    expect(await broken()).toEqual([]);
  });
});
