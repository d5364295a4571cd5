import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrations } from '../migrations/index.js';
import { MAX_SYNC_ATTEMPTS } from '../src/sessions/sync.schedule.js';
import { eventually } from './support/app.js';
import type { Any } from './support/client.js';
import { expectStatus, type TestTenant } from './support/factories.js';
import { expectInvariants } from './support/invariants.js';
import { NotifiedApp } from './support/notified-app.js';
import { bodyOf, notify, yotiId } from './support/notify.js';
import { answering, type NotificationTarget, type YotiAnswer } from './support/yoti-proxy.js';

/** What Yoti says about a session that is over, with another id in it. */
const completed = JSON.parse(
  readFileSync(new URL('../src/yoti/completed-session.example.json', import.meta.url), 'utf8'),
) as object;
/** What a probe of the credential is answered. */
const UNKNOWN = answering(404, { code: 'SESSION_NOT_FOUND' });
const MALFORMED = answering(400, { code: 'MALFORMED_REQUEST' });

describe('the work on a session', () => {
  let site: NotifiedApp;
  let tenant: TestTenant;
  let session: Any;
  let target: NotificationTarget;

  beforeAll(async () => {
    site = await NotifiedApp.start();
    tenant = await site.tenant();
  }, 60_000);

  beforeEach(async () => {
    ({ session, target } = await site.open(tenant));
  });

  afterEach(async () => {
    site.proxy.answer('read', undefined);
    await expectInvariants(site.app);
    // However long the next tests take, no reading of theirs is another session's.
    await site.app.sql(
      `UPDATE sessions SET next_sync_at = now() + interval '1 day' WHERE next_sync_at IS NOT NULL`,
    );
  });

  afterAll(() => site.stop());

  interface Row {
    parked_reason: string | null;
    parked_at: Date | null;
    work_attempts: number;
    next_sync_at: Date | null;
    lease_token: string | null;
    sync_error: string | null;
    has_result: boolean;
  }
  const rowOf = async ({ id }: Any): Promise<Row> => {
    const [row] = await site.app.sql<Row>(
      `SELECT parked_reason, parked_at, work_attempts, next_sync_at, lease_token, sync_error,
              result IS NOT NULL AS has_result
         FROM sessions WHERE id = $1`,
      [id],
    );
    return row!;
  };
  const NOTHING_DUE = {
    parked_reason: null,
    parked_at: null,
    next_sync_at: null,
    lease_token: null,
    has_result: false,
  };
  const path = () => `/v1/sessions/${session.id}`;
  const cancel = async () => expectStatus(await tenant.key.post(`${path()}/cancel`), 200);
  const park = (attempts = MAX_SYNC_ATTEMPTS) =>
    site.app.sql(
      `UPDATE sessions SET parked_reason = 'malformed_request', parked_at = now(), sync_error = 'malformed_request',
              work_attempts = $2, next_sync_at = NULL WHERE id = $1`,
      [session.id, attempts],
    );

  /** Holds the next reading of the session; later ones are answered by Yoti. */
  function hold(): Promise<(answer: YotiAnswer) => void> {
    return new Promise((resolve) => {
      site.proxy.answer('read', (response: ServerResponse) => {
        if (!response.req.url?.includes(yotiId(session))) return UNKNOWN(response);
        site.proxy.answer('read', undefined);
        resolve((answer) => answer(response));
      });
    });
  }

  const makeDue = (attempts = 0) =>
    site.app.sql('UPDATE sessions SET next_sync_at = now(), work_attempts = $2 WHERE id = $1', [
      session.id,
      attempts,
    ]);
  const lostWork = async () => {
    const { body } = await site.app.anonymous.get<string>('/metrics');
    return Number(/^countersign_work_total\{kind="sessions",outcome="lost"\} (\d+)/m.exec(body)?.[1] ?? 0);
  };

  it.each<[string, () => YotiAnswer]>([
    ['a refusal', () => MALFORMED],
    ['a result', () => answering(200, { ...completed, session_id: yotiId(session) })],
  ])('I3 ends with a cancellation while Yoti is asked: %s has no effect any more', async (_, answer) => {
    const held = hold();
    await makeDue();
    const release = await held;
    const before = await lostWork();
    await cancel();
    expect(await rowOf(session)).toMatchObject(NOTHING_DUE);
    release(answer());
    await eventually(async () => (await lostWork()) > before);
    expect(await rowOf(session)).toMatchObject({ ...NOTHING_DUE, sync_error: null });
    expect(await site.read(tenant, session)).toMatchObject({ status: 'cancelled', outcome: null });
  });

  it('that was parked ends with a cancellation, and is not counted as given up any more', async () => {
    await park();
    expect((await cancel()).parkedReason).toBeNull();
    expect(await rowOf(session)).toMatchObject(NOTHING_DUE);
  });

  it('that was parked and cancelled under an earlier release is not counted as given up any more', async () => {
    const { session: open } = await site.open(tenant);
    await park();
    await site.app.sql(`UPDATE sessions SET parked_reason = 'malformed_request' WHERE id = $1`, [open.id]);
    await cancel();
    await park();
    const step = migrations.find(({ name }) => name.startsWith('ClosedSessionsNotParked'))!;
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that the step uses
    const runner = { query: (sql: string) => site.app.sql(sql) } as Parameters<
      InstanceType<typeof step>['up']
    >[0];
    await new step().up(runner);
    expect(await rowOf(session)).toMatchObject(NOTHING_DUE);
    expect((await rowOf(open)).parked_reason).toBe('malformed_request');
    await site.app.sql(`UPDATE sessions SET parked_reason = NULL WHERE id = $1`, [open.id]);
  });

  it('that was parked begins anew when the person is done', async () => {
    await park();
    const { pathname } = new URL(session.client.hostedUrl as string);
    const page = site.app.anonymous.with({ 'sec-fetch-site': 'same-origin' });
    expectStatus(await page.post(`${pathname}/events`, { type: 'success', code: null }), 204);
    const shown = await site.until(tenant, session, ({ syncedAt }) => syncedAt !== null);
    expect(shown).toMatchObject({ status: 'ongoing', parkedReason: null, syncError: null });
    expect(await rowOf(session)).toMatchObject({ parked_at: null, work_attempts: 0 });
  });

  it('begins anew when a notification comes during the last of its tries', async () => {
    const held = hold();
    await makeDue(MAX_SYNC_ATTEMPTS - 1);
    const release = await held;
    expect((await notify(target, bodyOf(session))).status).toBe(200);
    release(MALFORMED);
    const shown = await site.until(tenant, session, ({ syncedAt, parkedReason }) => syncedAt ?? parkedReason);
    expect(shown).toMatchObject({ status: 'ongoing', parkedReason: null, syncError: null });
  });

  it.each([
    ['a refusal', () => MALFORMED],
    ['a result', () => answering(200, { ...completed, session_id: yotiId(session) })],
  ])('done by hand ends with a cancellation, and is answered so whatever comes: %s', async (_, answer) => {
    const held = hold();
    const syncing = tenant.key.post(`${path()}/sync`);
    const release = await held;
    await cancel();
    release(answer());
    const { body, ...answered } = await syncing;
    expect([answered.status, body.status]).toEqual([200, 'cancelled']);
    expect(await rowOf(session)).toMatchObject({ ...NOTHING_DUE, sync_error: null });
  });

  it('done by hand takes up a session that was parked', async () => {
    await park();
    expect(expectStatus(await tenant.key.post(`${path()}/sync`), 200)).toMatchObject({ parkedReason: null });
    expect(await rowOf(session)).toMatchObject({ parked_at: null, sync_error: null, work_attempts: 0 });
  });

  it('done by hand waits for the worker that is at it', async () => {
    const held = hold();
    await makeDue();
    const release = await held;
    const syncing = tenant.key.post(`${path()}/sync`);
    await eventually(async () => {
      const [row] = await site.app.sql('SELECT 1 FROM sessions WHERE id = $1 AND sync_requests > 0', [
        session.id,
      ]);
      return row;
    });
    release(MALFORMED);
    const { body, status } = await syncing;
    expect([status, body.id]).toEqual([200, session.id]);
    await site.until(tenant, session, ({ syncedAt }) => syncedAt !== null);
  });
});
