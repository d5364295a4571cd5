import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../src/database/data-source.js';
import { entities } from '../src/database/entities.js';
import { TenantDb } from '../src/database/tenant-db.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import { readCatalog, type Catalog } from './support/catalog.js';

/** Indexes that begin with something else, because they find the tenant. */
const LOOK_UPS = {
  api_keys_hash: 'finds the tenant of an API key',
  ended_links_hash: 'finds the tenant of a link that has ended',
  sessions_link: 'finds the tenant of a hosted link',
  sessions_notification_path: 'finds the tenant of a notification',
  sessions_open_by_credential: 'finds the open sessions of a credential, see migration 0016',
};

/** Tables that belong to the platform. Everything else has to have a tenant. */
const PLATFORM_TABLES = [
  'encryption_keys',
  'migrations',
  'operator_idempotency_keys',
  'tenants',
  'user_sessions',
  'users',
];

const APP = 'countersign_app';

describe('the schema', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let catalog: Catalog;
  let tenantTables: Catalog['tables'];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    catalog = await readCatalog(admin);
    tenantTables = catalog.tables.filter(({ hasTenant }) => hasTenant);
  });

  afterAll(async () => {
    await admin.end();
    await database.drop();
  });

  it('I1 has no table without a tenant but the platform’s own', () => {
    const others = catalog.tables.filter(({ hasTenant }) => !hasTenant).map(({ name }) => name);
    expect(others.toSorted()).toEqual(PLATFORM_TABLES);
    expect(tenantTables.length).toBeGreaterThan(10);
  });

  it('I1 enables and forces row-level security on every tenant table and on the accounts', () => {
    const open = catalog.tables.filter(
      ({ name, hasTenant, enabled, forced }) => (hasTenant || name === 'users') && !(enabled && forced),
    );
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('I1 has exactly one policy of the application role on every tenant table, and it names the tenant twice', () => {
    const tenant = `(tenant_id = (current_setting('app.tenant_id'::text))::uuid)`;
    for (const { name } of tenantTables) {
      const policies = catalog.policies.filter((policy) => policy.table === name);
      const ours = policies.filter(({ roles }) => roles.includes(APP) || roles.includes('public'));
      expect({ name, ours }).toEqual({
        name,
        ours: [{ table: name, roles: [APP], command: 'ALL', using: tenant, check: tenant, permissive: true }],
      });
    }
  });

  it('I1 begins every key, unique constraint and index of a tenant table with the tenant', () => {
    const tables = new Set(tenantTables.map(({ name }) => name));
    const wrong = catalog.indexes.filter(
      ({ table, name, columns }) => tables.has(table) && columns[0] !== 'tenant_id' && !(name in LOOK_UPS),
    );
    expect(wrong).toEqual([]);
    const exceptions = catalog.indexes.filter(({ name }) => name in LOOK_UPS);
    expect(exceptions.map(({ name }) => name).toSorted()).toEqual(Object.keys(LOOK_UPS));
    expect(exceptions.filter(({ unique }) => unique)).toEqual([]);
    const keys = catalog.indexes.filter(({ primary }) => primary).map(({ table }) => table);
    expect(tenantTables.filter(({ name }) => !keys.includes(name))).toEqual([]);
  });

  it('I1 refers from one tenant table to another with the tenant only', () => {
    const tables = new Set(tenantTables.map(({ name }) => name));
    const between = catalog.foreignKeys.filter(({ from, to }) => tables.has(from) && tables.has(to));
    expect(between.length).toBeGreaterThan(5);
    const wrong = between.filter(
      ({ columns, target }) => columns[0] !== 'tenant_id' || target[0] !== 'tenant_id' || columns.length < 2,
    );
    expect(wrong).toEqual([]);
    const outside = catalog.foreignKeys.filter(({ from, to }) => tables.has(from) && !tables.has(to));
    expect(new Set(outside.map(({ to }) => to))).toEqual(new Set(['tenants', 'users']));
  });

  it('I1 gives the application role no way around it', async () => {
    const { rows: roles } = await admin.query(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
              (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships,
              (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owned,
              (SELECT count(*)::int FROM pg_proc WHERE proowner = r.oid) AS functions,
              has_schema_privilege(r.oid, 'public', 'CREATE') AS creates,
              has_database_privilege(r.oid, current_database(), 'CREATE') AS schemas
         FROM pg_roles r WHERE rolname = $1`,
      [APP],
    );
    expect(roles).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        memberships: 0,
        owned: 0,
        functions: 0,
        creates: false,
        schemas: false,
      },
    ]);
  });

  it('I4 gives the application role the rights it needs and no others', async () => {
    const rightsOf = (name: string) => catalog.rights.filter(({ table }) => table === name);
    const beyond = catalog.rights.filter(
      ({ right }) => !['SELECT', 'INSERT', 'UPDATE', 'DELETE'].includes(right),
    );
    expect(beyond).toEqual([]);
    for (const name of ['audit_entries', 'events', 'policy_versions', 'notifications', 'delivery_attempts']) {
      expect(
        rightsOf(name)
          .map(({ right }) => right)
          .toSorted(),
      ).toEqual(['INSERT', 'SELECT']);
    }
    expect(rightsOf('user_sessions')).toEqual([]);
    expect(rightsOf('migrations').map(({ right }) => right)).toEqual(['SELECT']);
    const { rows } = await admin.query<{ readable: boolean }>(
      `SELECT has_column_privilege($1, 'users', 'password_hash', 'SELECT') AS readable`,
      [APP],
    );
    expect(rows[0]?.readable).toBe(false);
    expect(catalog.rights.filter(({ grantee }) => grantee === 'PUBLIC')).toEqual([]);
  });

  it('runs every SECURITY DEFINER function as the owner, on a fixed path, for the application role alone', () => {
    const definers = catalog.functions.filter(({ definer }) => definer);
    expect(definers.length).toBeGreaterThan(8);
    const owner = new URL(database.ownerUrl).username;
    for (const { name, ...facts } of definers) {
      expect({ name, ...facts }).toEqual({
        name,
        definer: true,
        owner,
        settings: ['search_path=public, pg_temp'],
        callers: [APP, owner].toSorted(),
      });
    }
  });

  it('has the tables and columns that the entities name, with the same types', async () => {
    const url = { databaseUrl: database.appUrl, databasePoolSize: 2, databasePrepare: false };
    const source = await new DataSource(dataSourceOptions(url)).initialize();
    try {
      expect(source.entityMetadatas).toHaveLength(entities.length);
      for (const { tableName, columns, primaryColumns } of source.entityMetadatas) {
        for (const { databaseName: name, type, isArray, isNullable } of columns) {
          const column = catalog.columns.find((found) => found.table === tableName && found.name === name);
          const expected = { table: tableName, name, type: `${String(type)}${isArray ? '[]' : ''}` };
          expect(column).toEqual({ ...expected, nullable: isNullable, hasDefault: expect.any(Boolean) });
        }
        const known = new Set(columns.map(({ databaseName }) => databaseName));
        const needed = catalog.columns.filter(
          ({ table, name, nullable, hasDefault }) =>
            table === tableName && !known.has(name) && !nullable && !hasDefault,
        );
        expect(needed).toEqual([]);
        const key = catalog.indexes.find(({ table, primary }) => primary && table === tableName);
        expect(primaryColumns.map(({ databaseName }) => databaseName)).toEqual(key?.columns);
      }
    } finally {
      await source.destroy();
    }
  });
});

describe('TenantDb', () => {
  const [tenantA, tenantB] = [uuidv7(), uuidv7()];
  let database: TestDatabase;
  let source: DataSource;
  let db: TenantDb;

  const addKey = (tenantId: string) =>
    db.run(tenantId, (em) =>
      em.query(
        `INSERT INTO api_keys (tenant_id, id, name, prefix, key_hash, scopes, created_by)
         VALUES ($1, $2, 'key', 'csk_', $3, '{}', 'test')`,
        [tenantId, uuidv7(), Buffer.from(tenantId)],
      ),
    );
  const countKeys = (tenantId: string) =>
    db.run(tenantId, async (em) => {
      const [row] = await em.query<{ count: number }[]>('SELECT count(*)::int AS count FROM api_keys');
      return row?.count;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    const url = { databaseUrl: database.appUrl, databasePoolSize: 2, databasePrepare: false };
    source = await new DataSource(dataSourceOptions(url)).initialize();
    db = new TenantDb(source);
    for (const id of [tenantA, tenantB]) {
      await db.withoutTenant((em) =>
        em.query('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [id, id]),
      );
      await addKey(id);
    }
  });

  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('I1 shows a tenant its own rows, even to a query that names no tenant', async () => {
    expect([await countKeys(tenantA), await countKeys(tenantB)]).toEqual([1, 1]);
    const others = await db.run(tenantA, (em) =>
      em.query<unknown[]>('SELECT 1 FROM api_keys WHERE tenant_id = $1', [tenantB]),
    );
    expect(others).toEqual([]);
  });

  it('I1 neither adds to nor changes another tenant’s rows', async () => {
    const intruding = `INSERT INTO api_keys (tenant_id, id, name, prefix, key_hash, scopes, created_by)
                       VALUES ($1, $2, 'key', 'csk_', 'x', '{}', 'test')`;
    await expect(db.run(tenantA, (em) => em.query(intruding, [tenantB, uuidv7()]))).rejects.toThrow(
      'row-level security',
    );
    await expect(
      db.run(tenantA, (em) => em.query('UPDATE api_keys SET tenant_id = $1', [tenantB])),
    ).rejects.toThrow('row-level security');
    const [, changed] = await db.run(tenantA, (em) =>
      em.query<[unknown[], number]>(`UPDATE api_keys SET name = 'taken' WHERE tenant_id = $1`, [tenantB]),
    );
    expect(changed).toBe(0);
  });

  it('I1 fails loudly without a tenant, also on a connection that served one before', async () => {
    await countKeys(tenantA);
    for (let i = 0; i < 4; i += 1) {
      const forgotten = db.withoutTenant((em) => em.query('SELECT * FROM api_keys'));
      await expect(forgotten).rejects.toThrow(/app\.tenant_id|invalid input syntax for type uuid/);
      await expect(db.lookUp('SELECT * FROM sessions', [])).rejects.toThrow(
        /app\.tenant_id|invalid input syntax for type uuid/,
      );
    }
  });

  it.each(['', `'; RESET ROLE; --`, tenantA.toUpperCase(), `${tenantA} `])(
    'refuses %j as a tenant',
    async (id) => {
      await expect(countKeys(id)).rejects.toThrow('UUID');
    },
  );

  it('I4 lets nobody change or remove what is written once', async () => {
    for (const table of ['audit_entries', 'events', 'policy_versions']) {
      for (const sql of [
        `UPDATE ${table} SET tenant_id = tenant_id`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
      ]) {
        await expect(db.run(tenantA, (em) => em.query(sql))).rejects.toThrow('permission denied');
      }
    }
  });
});
