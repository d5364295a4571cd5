import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type pg from 'pg';
import { DataSource, type EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { dataSourceOptions } from '../src/database/data-source.js';
import { ConnectionLost } from '../src/database/database-trouble.js';
import { StatementNames } from '../src/database/statement-client.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { eventually } from './support/app.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';

const PREPARED = `SELECT name FROM pg_prepared_statements WHERE statement = $1`;

describe('the database connection', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let db: TenantDb;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = dataSourceOptions({ databaseUrl: database.appUrl, databasePoolSize: 1 });
    dataSource = await new DataSource(options).initialize();
    db = new TenantDb(dataSource);
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  const addTenant = (em: EntityManager, slug: string) =>
    em.query(`INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)`, [randomUUID(), slug]);

  const slugs = async (): Promise<string[]> =>
    (await db.lookUp<{ slug: string }>('SELECT slug FROM tenants ORDER BY slug', [])).map(({ slug }) => slug);

  it('answers each of several statements sent together', async () => {
    const answers = await db.withoutTenant((em) =>
      Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          const [row] = await em.query<{ n: number }[]>('SELECT $1::int AS n', [index]);
          return row?.n;
        }),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });

  it('keeps what is used often prepared, and nothing else', async () => {
    const statement = 'SELECT $1::int + 1 AS often';
    for (let use = 1; use <= 4; use += 1) await db.lookUp(statement, [use]);
    expect(await db.lookUp(PREPARED, [statement])).toEqual([]);
    for (let use = 5; use <= 6; use += 1) {
      expect(await db.lookUp(statement, [use])).toEqual([{ often: use + 1 }]);
    }
    expect(await db.lookUp(PREPARED, [statement])).toHaveLength(1);
  });

  it('rolls everything back when one of several statements fails', async () => {
    const work = db.withoutTenant((em) =>
      Promise.all([addTenant(em, 'first'), em.query('SELECT 1 / $1::int', [0]), addTenant(em, 'last')]),
    );
    await expect(work).rejects.toThrow('division by zero');
    expect(await slugs()).toEqual([]);
    await db.withoutTenant((em) => addTenant(em, 'alone'));
    expect(await slugs()).toEqual(['alone']);
  });

  it('tells the loss of the connection as such to whoever asks on in the same transaction', async () => {
    const work = db.withoutTenant(async (em) => {
      await em.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
      await eventually(async () => em.queryRunner?.isReleased);
      return em.query('SELECT 1');
    });
    await expect(work).rejects.toBeInstanceOf(ConnectionLost);
    expect(await db.lookUp('SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
  });

  it('stays for the next busy moment, and not for ever', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    const options = dataSourceOptions({ databaseUrl: database.appUrl, databasePoolSize: 4 });
    const source = await new DataSource(options).initialize();
    const kept = () => ((source.driver as PostgresDriver).master as pg.Pool).totalCount;
    try {
      await Promise.all(Array.from({ length: 4 }, () => source.query('SELECT pg_sleep(0.05)')));
      expect(kept()).toBe(4);
      jest.advanceTimersByTime(9 * 60_000);
      expect(kept()).toBe(4);
      jest.advanceTimersByTime(60_000);
      expect(kept()).toBe(0);
    } finally {
      jest.useRealTimers();
      await source.destroy();
    }
  });

  it('I1 sets the tenant before the first statement, and forgets it after the last', async () => {
    const tenant = randomUUID();
    const read = (em: EntityManager) => em.query(`SELECT current_setting('app.tenant_id') AS tenant`);
    expect(await db.run(tenant, read)).toEqual([{ tenant }]);
    await expect(db.run(tenant, () => Promise.reject(new Error('before any statement')))).rejects.toThrow(
      'before any statement',
    );
    await expect(db.withoutTenant((em) => em.query('SELECT * FROM sessions'))).rejects.toThrow();
  });
});

describe('names of statements', () => {
  const use = (names: StatementNames, text: string, times: number) => {
    let name: string | undefined;
    for (let count = 0; count < times; count += 1) name = names.nameOf(text);
    return name;
  };

  it('are given to the frequent, and stay', () => {
    const names = new StatementNames();
    expect(use(names, 'a', 4)).toBeUndefined();
    const name = use(names, 'a', 1);
    expect(name).toEqual(expect.any(String));
    expect(use(names, 'a', 1)).toBe(name);
    expect(use(names, 'b', 5)).not.toBe(name);
  });

  it('run out', () => {
    const names = new StatementNames();
    for (let index = 0; index < 200; index += 1)
      expect(use(names, `s${index}`, 5)).toEqual(expect.any(String));
    expect(use(names, 'one more', 50)).toBeUndefined();
    expect(use(names, 's0', 1)).toEqual(expect.any(String));
  });
});
