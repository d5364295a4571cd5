import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { startTestApp, type TestApp } from './support/app.js';
import { createBareTenant, type BareTenant } from './support/bare-tenant.js';
import { expectStatus } from './support/factories.js';

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

  /** Reads on until there is nothing new. */
  async function follow(after?: string): Promise<FeedPage> {
    const ids: string[] = [];
    let page = await read(after);
    for (; page.ids.length > 0; page = await read(page.next)) ids.push(...page.ids);
    return { ids, next: page.next };
  }

  const INSERT = `INSERT INTO events (tenant_id, id, name, payload) VALUES ($1, $2, 'endpoint.test', '{}')`;

  async function happen(count = 1): Promise<string[]> {
    const ids = Array.from({ length: count }, () => uuidv7());
    for (const id of ids) await app.sql(INSERT, [tenant.id, id]);
    return ids;
  }

  /** An event in a transaction that isn't over. @returns its id, and what commits it */
  async function begin(): Promise<{ id: string; commit: () => Promise<unknown> }> {
    const id = uuidv7();
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    others.push(client);
    await client.connect();
    await client.query('BEGIN');
    await client.query(INSERT, [tenant.id, id]);
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
    expect((await read(end.next, '&type=policy.published')).ids).toEqual([]);
    expect((await read(end.next, '&type=endpoint.test')).ids).toEqual([more]);
  });

  it('tells everybody every event once and in one order, however many publish and read at once', async () => {
    const rounds = Array.from({ length: 12 }, (_, n) => n);
    const written: string[] = [];
    let isOver = false;
    const publish = async () => {
      for (const _ of rounds) {
        const [slow, quick] = [await begin(), await begin()];
        await quick.commit();
        await slow.commit();
        written.push(slow.id, quick.id);
        await Promise.all(others.splice(0).map((client) => client.end().catch(() => undefined)));
      }
      isOver = true;
    };
    const reader = async () => {
      const ids: string[] = [];
      let next: string | undefined;
      for (let last = false; !last;) {
        last = isOver;
        const news = await follow(next);
        ids.push(...news.ids);
        next = news.next;
      }
      return ids;
    };
    const [one, two] = await Promise.all([reader(), reader(), publish()]);
    expect(one.toSorted()).toEqual(written.toSorted());
    expect(two).toEqual(one);
  });

  it('begins with what was there before events had places, by their ids', async () => {
    const old = await happen(3);
    await app.sql('UPDATE events SET place = 0 WHERE tenant_id = $1', [tenant.id]);
    const [fresh] = await happen();
    const { ids, next } = await follow();
    expect(ids).toEqual([...old, fresh]);
    const cursorAt = (id: string) => Buffer.from(id).toString('base64url');
    expect((await follow(cursorAt(old[1]!))).ids).toEqual([old[2], fresh]);
    expect(next).toBe(cursorAt(fresh!));
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
