import { describe, expect, it } from '@jest/globals';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { createIndexConcurrently } from '../src/database/concurrent-index.js';
import { tenantTable } from '../src/database/rls.js';
import { lint, type Finding } from './support/migration-linter.js';
import { record } from './support/migration-recorder.js';

/** Released steps that break a rule, and why that may stand. A released step never changes. */
const ACCEPTED: { migration: string; rule: string; of: string; because: string }[] = [
  {
    migration: 'Platform1763800000001',
    rule: 'cannot-be-read',
    of: 'DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles',
    because: 'it only looks for the application role and says what to do when there is none',
  },
  ...['constraint-validates', 'whole-table-write', 'index-locks-table'].map((rule) => ({
    migration: 'Credentials1763800000004',
    rule,
    of: ' credentials ',
    because: 'a tenant has a handful of credentials: the whole table is read in milliseconds',
  })),
  {
    migration: 'Credentials1763800000004',
    rule: 'drops-index',
    of: 'DROP INDEX credentials_one_active',
    because: 'the same step makes its successor, on a table of a handful of rows a tenant',
  },
  {
    migration: 'Credentials1763800000004',
    rule: 'index-locks-table',
    of: 'CREATE INDEX sessions_open_of_credential',
    because: 'it was released before the rule; writers wait while it is built, and no request fails',
  },
];

const isAccepted = (finding: Finding): boolean =>
  ACCEPTED.some(
    ({ migration, rule, of }) =>
      finding.migration === migration && finding.rule === rule && finding.statement.includes(of),
  );

describe('the migrations', () => {
  it('can be applied while the release before serves', async () => {
    const findings = await lint(await Promise.all(migrations.map(record)));
    expect(findings.filter((finding) => !isAccepted(finding))).toEqual([]);
    const unneeded = ACCEPTED.filter(
      ({ migration, rule, of }) =>
        !findings.some((f) => f.migration === migration && f.rule === rule && f.statement.includes(of)),
    );
    expect(unneeded).toEqual([]);
  });

  it('send SQL and nothing else, so that it can be read', async () => {
    class Hidden1763800000000 implements MigrationInterface {
      up = (q: QueryRunner) => q.dropTable('sessions');
      down = async () => undefined;
    }
    await expect(record(Hidden1763800000000)).rejects.toThrow('uses dropTable(): write SQL');
  });

  it('may build an index with the helper, in a step without a transaction', async () => {
    class Index1763800000000 implements MigrationInterface {
      transaction = false;
      up = (q: QueryRunner) => createIndexConcurrently(q, 'old_a', 'old (tenant_id, a)');
      down = async () => undefined;
    }
    expect(await lint([EARLIER, await record(Index1763800000000)])).toEqual([]);
  });
});

/** What an earlier migration made. */
const EARLIER = {
  name: 'Earlier',
  transactional: true,
  queries: [
    tenantTable('old', 'id uuid NOT NULL, a text, PRIMARY KEY (tenant_id, id)', ['SELECT']),
    'CREATE FUNCTION old_function() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  ],
};

const NEW = 'CREATE TABLE new (id uuid PRIMARY KEY, a text);';
const RLS = `ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;`;
const POLICY = `CREATE POLICY tenant_isolation ON t FOR ALL TO countersign_app
  USING (tenant_id = current_setting('app.tenant_id')::uuid)
  WITH CHECK (tenant_id = current_setting('app.tenant_id')::uuid);`;
const TABLE = 'CREATE TABLE t (tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id));';
const tenantColumns = (columns: string) => `CREATE TABLE t (${columns}); ${RLS} ${POLICY}`;

/** Each rule with a statement that breaks it and one that does the same in the safe way. */
const RULES: [rule: string, bad: string, good: string][] = [
  ['index-locks-table', 'CREATE INDEX i ON old (tenant_id, a)', `${NEW} CREATE INDEX i ON new (a)`],
  ['drops-index', 'DROP INDEX i', `${NEW} CREATE INDEX i ON new (a); DROP INDEX i`],
  ['concurrently-in-transaction', 'CREATE INDEX CONCURRENTLY i ON old (tenant_id, a)', 'SELECT 1'],
  ['concurrently-in-transaction', 'DROP INDEX CONCURRENTLY i', 'SELECT 1'],
  [
    'volatile-default',
    'ALTER TABLE old ADD COLUMN b uuid DEFAULT gen_random_uuid()',
    'ALTER TABLE old ADD COLUMN b timestamptz NOT NULL DEFAULT now()',
  ],
  [
    'volatile-default',
    'ALTER TABLE old ADD COLUMN b float DEFAULT round(1 + random())',
    `ALTER TABLE old ADD COLUMN b text[] NOT NULL DEFAULT '{}'`,
  ],
  [
    'volatile-default',
    'ALTER TABLE old ADD COLUMN b bigserial',
    `${NEW} ALTER TABLE new ADD COLUMN b bigserial`,
  ],
  [
    'volatile-default',
    'ALTER TABLE old ADD COLUMN b int GENERATED ALWAYS AS (1) STORED',
    'ALTER TABLE old ADD COLUMN b int',
  ],
  [
    'not-null-without-default',
    'ALTER TABLE old ADD COLUMN b int NOT NULL',
    'ALTER TABLE old ADD COLUMN b int NOT NULL DEFAULT 0',
  ],
  [
    'column-type',
    'ALTER TABLE old ALTER COLUMN a TYPE int',
    `${NEW} ALTER TABLE new ALTER COLUMN a TYPE int`,
  ],
  [
    'set-not-null',
    'ALTER TABLE old ALTER COLUMN a SET NOT NULL',
    'ALTER TABLE old ALTER COLUMN a DROP NOT NULL',
  ],
  [
    'constraint-validates',
    `ALTER TABLE old ADD CONSTRAINT c CHECK (a <> '')`,
    `ALTER TABLE old ADD CONSTRAINT c CHECK (a <> '') NOT VALID`,
  ],
  [
    'constraint-validates',
    'ALTER TABLE old ADD CONSTRAINT c FOREIGN KEY (tenant_id) REFERENCES tenants (id)',
    'ALTER TABLE old ADD CONSTRAINT c FOREIGN KEY (tenant_id) REFERENCES tenants (id) NOT VALID',
  ],
  [
    'constraint-validates',
    `ALTER TABLE old ADD COLUMN b text CHECK (b <> '')`,
    'ALTER TABLE old ADD COLUMN b uuid REFERENCES users (id)',
  ],
  [
    'validates-under-lock',
    `ALTER TABLE old ADD CONSTRAINT c CHECK (a <> '') NOT VALID; ALTER TABLE old VALIDATE CONSTRAINT c`,
    'ALTER TABLE old VALIDATE CONSTRAINT earlier',
  ],
  [
    'key-builds-index',
    'ALTER TABLE old ADD CONSTRAINT u UNIQUE (tenant_id, a)',
    'ALTER TABLE old ADD CONSTRAINT u UNIQUE USING INDEX i',
  ],
  [
    'key-builds-index',
    'ALTER TABLE old ADD COLUMN b int UNIQUE',
    `${NEW} ALTER TABLE new ADD COLUMN b int UNIQUE`,
  ],
  ['drops-column', 'ALTER TABLE old DROP COLUMN a', `${NEW} ALTER TABLE new DROP COLUMN a`],
  [
    'drops-default',
    'ALTER TABLE old ALTER COLUMN a DROP DEFAULT',
    `ALTER TABLE old ALTER COLUMN a SET DEFAULT ''`,
  ],
  ['drops-object', 'DROP TABLE old', `${NEW} DROP TABLE new`],
  ['drops-object', 'DROP TABLE public.old', `${NEW} DROP TABLE public.new`],
  [
    'drops-object',
    'DROP FUNCTION old_function()',
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; DROP FUNCTION f()',
  ],
  ['drops-object', 'TRUNCATE old', 'SELECT 1'],
  ['renames', 'ALTER TABLE old RENAME a TO b', `${NEW} ALTER TABLE new RENAME a TO b`],
  ['renames', 'ALTER TABLE old RENAME TO older', 'ALTER INDEX i RENAME TO j'],
  ['revokes', 'REVOKE SELECT ON old FROM countersign_app', 'REVOKE ALL ON FUNCTION f() FROM PUBLIC'],
  ['whole-table-write', `UPDATE old SET a = ''`, `UPDATE old SET a = '' WHERE a IS NULL`],
  ['whole-table-write', 'DELETE FROM old', `${NEW} DELETE FROM new`],
  ['locks-table', 'LOCK TABLE old', 'SELECT 1'],
  ['locks-table', 'VACUUM FULL old', 'ANALYZE old'],
  ['rewrites-table', 'ALTER TABLE old SET UNLOGGED', 'ALTER TABLE old SET (fillfactor = 90)'],
  ['cannot-be-read', 'DO $$ BEGIN PERFORM 1; END $$', 'SELECT 1'],
  ['own-transaction', 'COMMIT', 'SELECT 1'],
  ['lock-timeout', 'SET lock_timeout = 0', `SET work_mem = '64MB'`],
  ['does-not-parse', 'ALTER TABLE old ADD COLUM b int', 'ALTER TABLE old ADD COLUMN b int'],
  ['opens-rows', 'ALTER TABLE old NO FORCE ROW LEVEL SECURITY', 'ALTER TABLE old FORCE ROW LEVEL SECURITY'],
  ['opens-rows', 'ALTER TABLE old DISABLE ROW LEVEL SECURITY', 'ALTER TABLE old ENABLE ROW LEVEL SECURITY'],
  ['opens-rows', 'DROP POLICY tenant_isolation ON old', `${TABLE} ${RLS} ${POLICY}`],
  [
    'tenant-table',
    `${TABLE} ALTER TABLE t ENABLE ROW LEVEL SECURITY; ${POLICY}`,
    `${TABLE} ${RLS} ${POLICY}`,
  ],
  ['tenant-table', `${TABLE} ${POLICY}`, `${TABLE} ${RLS} ${POLICY}`],
  ['tenant-table', `${TABLE} ${RLS}`, `${TABLE} ${RLS} ${POLICY}`],
  [
    'tenant-table',
    `${TABLE} ${RLS} ${POLICY} CREATE POLICY more ON t FOR SELECT TO countersign_app USING (true);`,
    `${TABLE} ${RLS} ${POLICY} CREATE POLICY definer_select ON t FOR SELECT TO CURRENT_USER USING (true);`,
  ],
  [
    'tenant-table',
    `${TABLE} ${RLS} ${POLICY.replace(/WITH CHECK .*/s, 'WITH CHECK (true);')}`,
    `${TABLE} ${RLS} ${POLICY}`,
  ],
  [
    'tenant-table',
    tenantColumns('tenant_id uuid NOT NULL, id uuid PRIMARY KEY'),
    tenantColumns('tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id)'),
  ],
  [
    'tenant-table',
    tenantColumns('tenant_id uuid, id uuid, PRIMARY KEY (tenant_id, id)'),
    tenantColumns('tenant_id uuid NOT NULL, id uuid, PRIMARY KEY (tenant_id, id)'),
  ],
  [
    'tenant-table',
    tenantColumns('tenant_id uuid NOT NULL, a int, PRIMARY KEY (tenant_id, a), UNIQUE (a)'),
    tenantColumns('tenant_id uuid NOT NULL, a int, b int, PRIMARY KEY (tenant_id, a), UNIQUE (tenant_id, b)'),
  ],
  [
    'tenant-table',
    tenantColumns(
      'tenant_id uuid NOT NULL, a uuid, PRIMARY KEY (tenant_id, a), FOREIGN KEY (a) REFERENCES old (id)',
    ),
    tenantColumns(
      'tenant_id uuid NOT NULL, a uuid, PRIMARY KEY (tenant_id, a), FOREIGN KEY (tenant_id, a) REFERENCES old (tenant_id, id)',
    ),
  ],
  [
    'tenant-table',
    `${TABLE} ${RLS} ${POLICY} CREATE UNIQUE INDEX u ON t (id);`,
    `${TABLE} ${RLS} ${POLICY} CREATE UNIQUE INDEX u ON t (tenant_id, id);`,
  ],
];

describe('the linter of migrations', () => {
  const rulesOf = async (sql: string, transactional = true) => {
    const step = { name: 'Step', transactional, queries: [sql] };
    return (await lint([EARLIER, step])).map(({ migration, rule }) => `${migration} ${rule}`);
  };

  it.each(
    RULES.map(([rule, bad, good]) => ({ rule, bad, good, end: bad.replaceAll(/\s+/g, ' ').slice(-80) })),
  )('$rule: refuses … $end', async ({ rule, bad, good }) => {
    expect([...new Set(await rulesOf(bad))]).toEqual([`Step ${rule}`]);
    expect(await rulesOf(good)).toEqual([]);
  });

  it('names the file, the statement and the safe way', async () => {
    const step = { name: 'Step', transactional: true, queries: ['DROP  TABLE\n old -- at last'] };
    expect(await lint([EARLIER, step])).toEqual([
      {
        migration: 'Step',
        statement: 'DROP TABLE old',
        rule: 'drops-object',
        advice: expect.stringContaining('later release'),
      },
    ]);
  });

  it('lets a statement that runs concurrently stand alone in a step without a transaction', async () => {
    expect(await rulesOf('CREATE INDEX CONCURRENTLY i ON old (tenant_id, a)', false)).toEqual([]);
    expect(await rulesOf('CREATE INDEX CONCURRENTLY i ON old (tenant_id, a); SELECT 1', false)).toEqual([
      'Step concurrently-in-transaction',
    ]);
  });

  it('lets a column be NOT NULL once a step before has validated that it is', async () => {
    const steps = [
      'ALTER TABLE old ADD CONSTRAINT a_known CHECK (a IS NOT NULL) NOT VALID',
      'ALTER TABLE old VALIDATE CONSTRAINT a_known',
      'ALTER TABLE old ALTER COLUMN a SET NOT NULL',
    ].map((sql, index) => ({ name: `Step ${index}`, transactional: true, queries: [sql] }));
    expect(await lint([EARLIER, ...steps])).toEqual([]);
  });
});
