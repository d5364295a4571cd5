import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { readFeed } from '../src/audit/event-feed.js';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import { expectStatus } from './support/factories.js';
import { rowsLookedAt } from './support/plans.js';

describe('the event feed', () => {
  let app: TestApp;
  let tenant: BareTenant;
  let others: pg.Client[];

  beforeAll(async () => {
    app = await startTestApp({ config: { role: 'api' } });
  });

  beforeEach(async () => {
    others = [];
    tenant = await createBareTenant(app);
  });

  afterEach(() => Promise.all(others.map((client) => client.end())));

  afterAll(() => app.stop());

  interface FeedPage {
    ids: string[];
    next: string;
  }

  async function read(after?: string, rest = ''): Promise<FeedPage> {
    const query = `${after === undefined ? '' : `&after=${after}`}${rest}`;
    const { items, next } = expectStatus(await tenant.key.get(`/v1/events?limit=10${query}`), 200);
    return { ids: items.map(({ id }: { id: string }) => id), next };
  }

  /** Reads on until the cursor moves no more. */
  async function follow(after?: string, rest = ''): Promise<FeedPage> {
    const ids: string[] = [];
    let [next, from] = [after, after];
    do {
      from = next;
      const page = await read(from, rest);
      ids.push(...page.ids);
      next = page.next;
    } while (next !== from);
    return { ids, next };
  }

  const INSERT = `INSERT INTO events (tenant_id, id, name, payload) VALUES ($1, $2, $3, '{}')`;
  const RARE = 'policy.published';

  async function happen(count = 1, name = 'endpoint.test'): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7());
    for (const id of ids) await app.sql(INSERT, [tenant.id, id, name]);
    return ids;
  }

  const cursorAt = (id?: string) => Buffer.from(id ?? '').toString('base64url');

  /** An event in a transaction that isn't over. @returns its id, and what commits it */
  async function begin(name = 'endpoint.test'): Promise<{ id: string; commit: () => Promise<unknown> }> {
    const id = uuidv7();
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    others.push(client);
    await client.connect();
    await client.query('BEGIN');
    await client.query(INSERT, [tenant.id, id, name]);
    return { id, commit: () => client.query('COMMIT') };
  }

  it('tells an event whose transaction ends after a later event was read', async () => {
    const slow = await begin();
    const [later] = await happen();
    const first = await follow();
    expect(first.ids).toEqual([later]);
    await slow.commit();
    const second = await follow(first.next);
    expect(second.ids).toEqual([slow.id]);
    expect((await follow()).ids).toEqual([later, slow.id]);
  });

  it('can be followed from before there was anything, from the end, and by type', async () => {
    const nothing = await read();
    expect(nothing).toEqual({ ids: [], next: expect.any(String) });
    expect(await read(nothing.next)).toEqual(nothing);
    const some = await happen(12);
    const page = await read(nothing.next);
    expect(page.ids).toEqual(some.slice(0, 10));
    const end = await follow(page.next);
    expect(end.ids).toEqual(some.slice(10));
    expect(await read(end.next)).toEqual({ ids: [], next: end.next });
    const [more] = await happen();
    expect((await read(end.next)).ids).toEqual([more]);
    expect((await read(end.next, `&type=${RARE}`)).ids).toEqual([]);
    expect((await read(end.next, '&type=endpoint.test')).ids).toEqual([more]);
  });

  it.each([
    ['types', () => `&type=${RARE}`],
    ['sessions', () => `&sessionId=${uuidv7()}`],
  ])('goes past events of other %s, so that none is searched again', async (_, filterOf) => {
    const unlisted = await happen(3);
    const filter = filterOf();
    expect(await read(undefined, filter)).toEqual({ ids: [], next: cursorAt(unlisted[2]) });
    expect(await read(cursorAt(unlisted[2]), filter)).toEqual({ ids: [], next: cursorAt(unlisted[2]) });
    const [more] = await happen();
    expect(await read(cursorAt(unlisted[2]), filter)).toEqual({ ids: [], next: cursorAt(more) });
  });

  it('goes on after the last of a full page, and of a short one after all that was searched', async () => {
    const rare = await happen(11, RARE);
    const [last] = await happen();
    const full = await read(undefined, `&type=${RARE}`);
    expect(full).toEqual({ ids: rare.slice(0, 10), next: cursorAt(rare[9]) });
    const short = await read(full.next, `&type=${RARE}`);
    expect(short).toEqual({ ids: rare.slice(10), next: cursorAt(last) });
  });

  it('searches so many events by type at once, and goes on there with the next reading', async () => {
    const [first] = await happen(1, RARE);
    const { next } = await read();
    await app.sql(
      `INSERT INTO events (tenant_id, id, name, payload)
       SELECT $1, uuid_v7(), 'endpoint.test', '{}' FROM generate_series(1, 5000)`,
      [tenant.id],
    );
    // Each reading gives places to 5000.
    await read(next);
    const [second] = await happen(1, RARE);
    await read(next);
    const page = await read(next, `&type=${RARE}`);
    expect(page).toEqual({ ids: [], next: expect.any(String) });
    expect([next, cursorAt(second)]).not.toContain(page.next);
    expect(await read(page.next, `&type=${RARE}`)).toEqual({ ids: [second], next: cursorAt(second) });
    expect((await follow(undefined, `&type=${RARE}`)).ids).toEqual([first, second]);
  });

  it('tells everybody every event once and in one order, however many publish and read at once', async () => {
    const rounds = Array.from({ length: 12 }, (_, n) => n);
    const written: string[] = [];
    const rare: string[] = [];
    let isOver = false;
    const publish = async () => {
      for (const _ of rounds) {
        const [slow, quick] = [await begin(), await begin(RARE)];
        await quick.commit();
        await slow.commit();
        written.push(slow.id, quick.id);
        rare.push(quick.id);
        await Promise.all(others.splice(0).map((client) => client.end().catch(() => undefined)));
      }
      isOver = true;
    };
    const reader = async (rest = '') => {
      const ids: string[] = [];
      let next: string | undefined;
      for (let last = false; !last;) {
        last = isOver;
        const news = await follow(next, rest);
        ids.push(...news.ids);
        next = news.next;
      }
      return ids;
    };
    const [one, two, some] = await Promise.all([reader(), reader(), reader(`&type=${RARE}`), publish()]);
    expect(one.toSorted()).toEqual(written.toSorted());
    expect(two).toEqual(one);
    expect(some).toEqual(one.filter((id) => rare.includes(id)));
  });

  it.each([
    ['every event', {}, 3],
    ['a type', { type: RARE }, 3],
    ['a session', { sessionId: uuidv7() }, 1],
  ] as const)('looks at nothing that the reader has had, when it reads %s', async (_, filter, most) => {
    await app.sql(
      `INSERT INTO events (tenant_id, id, name, payload, place)
       SELECT $1, uuid_v7(), 'endpoint.test', '{}', n FROM generate_series(1, 3000) n`,
      [tenant.id],
    );
    const { items } = expectStatus(await tenant.key.get('/v1/events?limit=200'), 200);
    await app.sql('UPDATE events SET place = place + 3000 WHERE id = ANY ($1)', [
      items.slice(0, 3).map(({ id }: { id: string }) => id),
    ]);
    await app.sql('ANALYZE events');
    const [last] = await app.sql<{ id: string }>(
      'SELECT id FROM events WHERE tenant_id = $1 AND place = 3000',
      [tenant.id],
    );
    const client = new pg.Client({ connectionString: app.config.databaseUrl });
    others.push(client);
    await client.connect();
    const looked: number[] = [];
    const query = async (sql: string, values: unknown[]) => {
      const texts = values.map(String);
      for (const plans of ['custom', 'generic'] as const) {
        looked.push(
          await rowsLookedAt(client, { tenantId: tenant.id, table: 'events', sql, values: texts, plans }),
        );
      }
      return app.sql(sql, values);
    };
    const page = { limit: 10, afterId: last!.id };
    const { lastId } = await readFeed({ query } as EntityManager, tenant.id, page, filter);
    expect(lastId).toBe(items[2].id);
    expect(Math.max(...looked)).toBeLessThanOrEqual(most);
  });

  it('begins with what was there before events had places, by their ids', async () => {
    const old = await happen(3);
    await app.sql('UPDATE events SET place = 0 WHERE tenant_id = $1', [tenant.id]);
    const [fresh] = await happen();
    const { ids, next } = await follow();
    expect(ids).toEqual([...old, fresh]);
    expect((await follow(cursorAt(old[1]))).ids).toEqual([old[2], fresh]);
    expect(next).toBe(cursorAt(fresh));
  });

  it('goes on after a cursor whose event was lost with the end of a restored database', async () => {
    const [kept] = await happen();
    await follow();
    const [lost] = await happen();
    const { next } = await follow();
    await app.sql('DELETE FROM events WHERE id = $1', [lost]);
    const [fresh] = await happen();
    const { ids } = await follow(next);
    expect(ids).toContain(fresh);
    expect([kept, fresh]).toEqual(expect.arrayContaining(ids));
  });

  it('lets the server change nothing of an event but its place', async () => {
    const rights = await app.sql<{ column: string }>(
      `SELECT column_name AS column FROM information_schema.column_privileges
        WHERE table_name = 'events' AND grantee = 'countersign_app' AND privilege_type = 'UPDATE'`,
    );
    expect(rights).toEqual([{ column: 'place' }]);
  });
});
