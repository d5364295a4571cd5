import { parseSync, type Constraint, type CreatePolicyStmt, type CreateStmt } from 'libpg-query';
import type { Problem } from './migration-linter.js';
import { constraintsOf, nameOf, shapeOf, textsOf } from './sql-nodes.js';

/** A table that a migration makes, and what it says about it. */
export interface NewTable {
  statement: CreateStmt;
  text: string;
  rowSecurity: Set<string>;
  policies: CreatePolicyStmt[];
}

const TENANT = 'tenant_id';
const SAFE_WAY = 'make it with tenantTable() of src/database/rls.ts';

/** Whether a table has a tenant. */
export const hasTenant = ({ statement }: NewTable): boolean =>
  (statement.tableElts ?? []).some((node) => 'ColumnDef' in node && node.ColumnDef.colname === TENANT);

/** What keeps the tenants' rows apart, for every table with a tenant: I1. */
export function checkNewTables(tables: NewTable[]): { text: string; problems: Problem[] }[] {
  return tables.filter(hasTenant).map((table) => ({
    text: table.text,
    problems: [...checkRowSecurity(table), ...checkKeys(table)].map((what) => ({
      rule: 'tenant-table',
      advice: `${nameOf(table.statement.relation)} ${what}: ${SAFE_WAY}`,
    })),
  }));
}

function checkRowSecurity({ rowSecurity, policies }: NewTable): string[] {
  const problems: string[] = [];
  if (!rowSecurity.has('AT_EnableRowSecurity')) problems.push('has no row-level security');
  if (!rowSecurity.has('AT_ForceRowSecurity')) problems.push("doesn't force row-level security on its owner");
  const ours = policies.filter(({ roles }) =>
    (roles ?? []).some(
      (role) =>
        'RoleSpec' in role &&
        (role.RoleSpec.rolename === 'countersign_app' || role.RoleSpec.roletype === 'ROLESPEC_PUBLIC'),
    ),
  );
  const isIsolation = ({ cmd_name, permissive, qual, with_check }: CreatePolicyStmt) =>
    cmd_name === 'all' && permissive && shapeOf(qual) === isolation() && shapeOf(with_check) === isolation();
  if (ours.length !== 1 || !ours.every(isIsolation)) {
    problems.push("doesn't have the tenant's policy as the only one of the application's role");
  }
  return problems;
}

let shape: string | undefined;
/** `tenant_id = current_setting('app.tenant_id')::uuid`, as the parser sees it. */
function isolation(): string {
  if (shape) return shape;
  const [first] = parseSync(`SELECT ${TENANT} = current_setting('app.tenant_id')::uuid`).stmts ?? [];
  const select = first?.stmt && 'SelectStmt' in first.stmt ? first.stmt.SelectStmt : undefined;
  const [target] = select?.targetList ?? [];
  shape = shapeOf(target && 'ResTarget' in target ? target.ResTarget.val : undefined);
  return shape;
}

function checkKeys({ statement }: NewTable): string[] {
  const problems: string[] = [];
  const elements = statement.tableElts ?? [];
  const columns = elements.flatMap((node) => ('ColumnDef' in node ? [node.ColumnDef] : []));
  const ofTable = constraintsOf(elements);
  const keys = ofTable.filter(({ contype }) => contype === 'CONSTR_PRIMARY');
  if (keys.length === 0 || !keys.every(({ keys: names }) => textsOf(names)[0] === TENANT)) {
    problems.push('has a primary key that does not begin with the tenant');
  }
  const uniques = ofTable.filter(({ contype }) => contype === 'CONSTR_UNIQUE');
  if (!uniques.every(({ keys: names }) => textsOf(names)[0] === TENANT)) {
    problems.push('has a unique constraint that does not begin with the tenant');
  }
  if (!ofTable.every(refersWithTenant))
    problems.push('has a foreign key that does not begin with the tenant');
  for (const { colname, constraints } of columns) {
    if (
      constraintsOf(constraints).some(
        ({ contype }) => contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY',
      )
    )
      problems.push(`has a key of ${colname} alone`);
  }
  const tenant = columns.find(({ colname }) => colname === TENANT);
  if (!constraintsOf(tenant?.constraints).some(({ contype }) => contype === 'CONSTR_NOTNULL')) {
    problems.push('lets the tenant be null');
  }
  return problems;
}

const refersWithTenant = ({ contype, fk_attrs }: Constraint): boolean =>
  contype !== 'CONSTR_FOREIGN' || textsOf(fk_attrs)[0] === TENANT;
