import type { DropStmt, GrantStmt, IndexStmt, Node, RenameStmt } from 'libpg-query';
import { checkAlterTable } from './alter-table-rules.js';
import type { Context, Problem } from './migration-linter.js';
import { nameOf, textsOf } from './sql-nodes.js';
import { hasTenant } from './tenant-table-rules.js';

const problem = (rule: string, advice: string): Problem => ({ rule, advice });
const GONE = 'the release before still uses it: stop using it first, remove it in a later release';

/** What a statement does wrong; notes in the context what later ones need to know. */
export function checkStatement(node: Node, text: string, context: Context): Problem[] {
  note(node, text, context);
  if ('AlterTableStmt' in node) return checkAlterTable(node.AlterTableStmt, context);
  if ('IndexStmt' in node) return checkIndex(node.IndexStmt, context);
  if ('DropStmt' in node) return checkDrop(node.DropStmt, context);
  if ('RenameStmt' in node) return checkRename(node.RenameStmt, context);
  if ('GrantStmt' in node) return checkGrant(node.GrantStmt, context);
  return [...checkWrites(node, context), ...checkLocks(node), ...checkControl(node, context)];
}

/** Keeps what is new in this migration. */
function note(node: Node, text: string, { fresh, newTables }: Context): void {
  if ('CreateStmt' in node) {
    const name = nameOf(node.CreateStmt.relation);
    fresh.add(name);
    newTables.set(name, { statement: node.CreateStmt, text, rowSecurity: new Set(), policies: [] });
  }
  if ('CreateTableAsStmt' in node) fresh.add(nameOf(node.CreateTableAsStmt.into?.rel));
  if ('ViewStmt' in node) fresh.add(nameOf(node.ViewStmt.view));
  if ('CreateFunctionStmt' in node && !node.CreateFunctionStmt.replace)
    fresh.add(textsOf(node.CreateFunctionStmt.funcname).at(-1) ?? '');
  if ('IndexStmt' in node) fresh.add(node.IndexStmt.idxname ?? '');
  if ('CreatePolicyStmt' in node)
    newTables.get(nameOf(node.CreatePolicyStmt.table))?.policies.push(node.CreatePolicyStmt);
  if ('AlterTableStmt' in node) {
    const rowSecurity = newTables.get(nameOf(node.AlterTableStmt.relation))?.rowSecurity;
    for (const command of node.AlterTableStmt.cmds ?? [])
      if ('AlterTableCmd' in command) rowSecurity?.add(command.AlterTableCmd.subtype ?? '');
  }
}

function checkIndex(statement: IndexStmt, context: Context): Problem[] {
  const { relation, concurrent, unique, indexParams } = statement;
  const table = nameOf(relation);
  const problems: Problem[] = [];
  if (!concurrent && !context.fresh.has(table))
    problems.push(
      problem(
        'index-locks-table',
        `nobody can write to ${table} while it is built: createIndexConcurrently(), in a step with transaction = false`,
      ),
    );
  if (concurrent) problems.push(...checkConcurrently(context));
  const [first] = indexParams ?? [];
  const made = context.newTables.get(table);
  const byTenant = first && 'IndexElem' in first && first.IndexElem.name === 'tenant_id';
  if (unique && made && hasTenant(made) && !byTenant)
    problems.push(
      problem(
        'tenant-table',
        `a value is unique within its tenant: begin the index on ${table} with tenant_id`,
      ),
    );
  return problems;
}

/** PostgreSQL refuses it in a transaction, and several statements in one message are one. */
function checkConcurrently({ transactional, together }: Context): Problem[] {
  return transactional || together
    ? [
        problem(
          'concurrently-in-transaction',
          "it can't run in a transaction: transaction = false, and a query() of its own",
        ),
      ]
    : [];
}

function checkDrop({ removeType, objects, concurrent }: DropStmt, context: Context): Problem[] {
  const names = (objects ?? []).map((object) => {
    if ('List' in object) return textsOf(object.List.items);
    return 'ObjectWithArgs' in object ? textsOf(object.ObjectWithArgs.objname) : [];
  });
  const ofOld = (position: number) => names.some((parts) => !context.fresh.has(parts.at(position) ?? ''));
  if (removeType === 'OBJECT_INDEX') {
    if (concurrent) return checkConcurrently(context);
    return ofOld(-1)
      ? [
          problem(
            'drops-index',
            'it locks the table: DROP INDEX CONCURRENTLY, in a step with transaction = false',
          ),
        ]
      : [];
  }
  if (removeType === 'OBJECT_POLICY')
    return ofOld(-2)
      ? [problem('opens-rows', 'a policy is what keeps tenants apart: add another beside it')]
      : [];
  return ofOld(-1) ? [problem('drops-object', GONE)] : [];
}

function checkRename({ renameType, relation }: RenameStmt, { fresh }: Context): Problem[] {
  if (fresh.has(nameOf(relation)) || renameType === 'OBJECT_TABCONSTRAINT' || renameType === 'OBJECT_INDEX')
    return [];
  return [
    problem(
      'renames',
      'the release before uses the old name: add the new one beside it, remove the old one in a later release',
    ),
  ];
}

function checkGrant({ is_grant, objtype, objects, grantees }: GrantStmt, { fresh }: Context): Problem[] {
  const ours = (grantees ?? []).some(
    (node) => 'RoleSpec' in node && node.RoleSpec.rolename === 'countersign_app',
  );
  const names = (objects ?? []).map((node) => ('RangeVar' in node ? nameOf(node.RangeVar) : ''));
  if (is_grant || !ours || objtype !== 'OBJECT_TABLE' || names.every((name) => fresh.has(name))) return [];
  return [problem('revokes', 'the release before still needs the right: take it away in a later release')];
}

function checkWrites(node: Node, { fresh }: Context): Problem[] {
  const write = 'UpdateStmt' in node ? node.UpdateStmt : 'DeleteStmt' in node ? node.DeleteStmt : undefined;
  if (write && !write.whereClause && !fresh.has(nameOf(write.relation)))
    return [
      problem(
        'whole-table-write',
        'it locks every row until the step ends: write in batches, or let the server do it as it meets rows',
      ),
    ];
  if ('TruncateStmt' in node) return [problem('drops-object', GONE)];
  return [];
}

function checkLocks(node: Node): Problem[] {
  const heavy =
    'LockStmt' in node ||
    'ClusterStmt' in node ||
    'ReindexStmt' in node ||
    ('VacuumStmt' in node && node.VacuumStmt.is_vacuumcmd) ||
    'RefreshMatViewStmt' in node;
  if (heavy)
    return [
      problem('locks-table', "maintenance isn't a migration: leave it to the database or its operator"),
    ];
  return [];
}

function checkControl(node: Node, { transactional }: Context): Problem[] {
  if ('DoStmt' in node)
    return [problem('cannot-be-read', 'what a DO block runs is not seen here: write it as statements')];
  if ('TransactionStmt' in node)
    return [
      problem(
        'own-transaction',
        "the step's transaction is begun and ended around it: transaction = false when it needs none",
      ),
    ];
  if ('VariableSetStmt' in node && node.VariableSetStmt.name === 'lock_timeout' && transactional)
    return [problem('lock-timeout', 'it is set around the step, short enough for traffic to go on')];
  return [];
}
