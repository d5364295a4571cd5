import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import { createReadyTenant, createSession, expectStatus, type TestTenant } from './support/factories.js';

const LOOKS = 500;
const NOTIFICATIONS = 30;

describe('the timeline of a session', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
    tenant = await createReadyTenant(app);
  });

  afterAll(() => app.stop());

  it('comes in pages, oldest first and all of it', async () => {
    const { id } = await createSession(tenant);
    // Several at the same moment, and notifications in between.
    await app.sql(
      `INSERT INTO audit_entries (tenant_id, id, at, actor_type, action, object_type, object_id, session_id)
       SELECT $1, uuid_v7(), now() + (n / 7) * interval '1 ms', 'user', 'look.' || n, 'session', $2::uuid::text, $2::uuid
         FROM generate_series(1, ${LOOKS}) n`,
      [tenant.id, id],
    );
    await app.sql(
      `INSERT INTO notifications (tenant_id, id, session_id, topic, body, received_at)
       SELECT $1, uuid_v7(), $2, 'topic.' || n, '{}', now() + n * interval '2 ms' FROM generate_series(1, ${NOTIFICATIONS}) n`,
      [tenant.id, id],
    );
    const entries: Any[] = [];
    for (let after = ''; ;) {
      const page = expectStatus(await tenant.key.get(`/v1/sessions/${id}/timeline?limit=100${after}`), 200);
      expect(page.items.length).toBeLessThanOrEqual(100);
      entries.push(...page.items);
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
    const names = entries.map(({ name }) => name);
    const made = (prefix: string) => names.filter((name) => name.startsWith(prefix));
    expect(new Set(names).size).toBe(names.length);
    expect([made('look.').length, made('topic.').length]).toEqual([LOOKS, NOTIFICATIONS]);
    expect(names[0]).toBe('session.created');
    const times: string[] = entries.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a.localeCompare(b)));
  });
});
