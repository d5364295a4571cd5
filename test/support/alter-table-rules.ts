import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint } from 'libpg-query';
import type { Context, Problem } from './migration-linter.js';
import { callsOf, constraintsOf, nameOf, notNullColumn } from './sql-nodes.js';

/** Functions whose value is one for the whole statement, so that PostgreSQL stores it once for all rows. */
const SAME_FOR_ALL_ROWS = ['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting'];

const problem = (rule: string, advice: string): Problem => ({ rule, advice });

/** The rules of ALTER TABLE, for a table that the release before uses. */
export function checkAlterTable(statement: AlterTableStmt, context: Context): Problem[] {
  const table = nameOf(statement.relation);
  const isNew = context.fresh.has(table);
  return (statement.cmds ?? []).flatMap((node) => {
    if (!('AlterTableCmd' in node)) return [];
    const problems = checkCommand(node.AlterTableCmd, table, context);
    return isNew ? [] : problems;
  });
}

function checkCommand(command: AlterTableCmd, table: string, context: Context): Problem[] {
  const { subtype = 'AT_AddColumn', name = '', def } = command;
  if (subtype === 'AT_AddColumn' && def && 'ColumnDef' in def) return checkColumn(def.ColumnDef);
  if (subtype === 'AT_AddConstraint' && def && 'Constraint' in def)
    return checkConstraint(def.Constraint, table, context);
  if (subtype === 'AT_ValidateConstraint') return checkValidation(name, table, context);
  if (subtype === 'AT_SetNotNull') return checkNotNull(name, table, context);
  if (subtype === 'AT_ColumnDefault' && !def)
    return [
      problem('drops-default', 'the release before may leave the column out: drop it in a later release'),
    ];
  const always = ALWAYS[subtype];
  return always ? [always] : [];
}

const NEVER =
  'it takes from the release before what that still uses: stop using it first, remove it in a later release';
const ISOLATION = 'row-level security is what keeps tenants apart: it is never taken from a table';
const REWRITE =
  'it rewrites the table under an exclusive lock: add a new column, copy in batches, switch in a later release';

const ALWAYS: Partial<Record<NonNullable<AlterTableCmd['subtype']>, Problem>> = {
  AT_AlterColumnType: problem('column-type', REWRITE),
  AT_DropColumn: problem('drops-column', NEVER),
  AT_DisableRowSecurity: problem('opens-rows', ISOLATION),
  AT_NoForceRowSecurity: problem('opens-rows', ISOLATION),
  AT_SetTableSpace: problem('rewrites-table', REWRITE),
  AT_SetLogged: problem('rewrites-table', REWRITE),
  AT_SetUnLogged: problem('rewrites-table', REWRITE),
  AT_SetAccessMethod: problem('rewrites-table', REWRITE),
  AT_AddIdentity: problem('rewrites-table', REWRITE),
};

function checkColumn({ colname = '', typeName, constraints }: ColumnDef): Problem[] {
  const found = constraintsOf(constraints);
  const of = (...types: string[]) => found.filter(({ contype }) => types.includes(contype ?? ''));
  const [byDefault] = of('CONSTR_DEFAULT');
  const problems: Problem[] = [];
  const serial = typeName?.names?.some((name) => 'String' in name && /serial/.test(name.String.sval ?? ''));
  const volatile = callsOf(byDefault?.raw_expr).filter((name) => !SAME_FOR_ALL_ROWS.includes(name));
  if (serial || volatile.length > 0 || of('CONSTR_GENERATED', 'CONSTR_IDENTITY').length > 0)
    problems.push(
      problem(
        'volatile-default',
        `${colname} gets a value of its own in every row, which rewrites the table: add it without, fill it in batches`,
      ),
    );
  if (of('CONSTR_NOTNULL').length > 0 && !byDefault)
    problems.push(
      problem(
        'not-null-without-default',
        `the release before inserts rows without ${colname}, and there are rows: give it a constant default`,
      ),
    );
  if (of('CONSTR_CHECK').length > 0 || (of('CONSTR_FOREIGN').length > 0 && byDefault))
    problems.push(
      problem(
        'constraint-validates',
        `${colname}'s constraint reads every row under an exclusive lock: ADD CONSTRAINT … NOT VALID, VALIDATE in the next step`,
      ),
    );
  if (of('CONSTR_UNIQUE', 'CONSTR_PRIMARY').length > 0) problems.push(INDEX_FIRST);
  return problems;
}

const INDEX_FIRST = problem(
  'key-builds-index',
  'it builds its index under an exclusive lock: createIndexConcurrently() first, then ADD CONSTRAINT … USING INDEX',
);

function checkConstraint(constraint: Constraint, table: string, context: Context): Problem[] {
  const { contype = 'CONSTR_CHECK', conname = '', skip_validation, indexname, raw_expr } = constraint;
  const key = `${table}.${conname}`;
  context.addedConstraints.add(key);
  const column = notNullColumn(raw_expr);
  if (column) context.notNullChecks.set(key, `${table}.${column}`);
  if (['CONSTR_CHECK', 'CONSTR_FOREIGN'].includes(contype) && !skip_validation)
    return [
      problem(
        'constraint-validates',
        'it reads every row while nobody can write: NOT VALID, and VALIDATE CONSTRAINT in the next step',
      ),
    ];
  const buildsIndex = ['CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION'].includes(contype);
  return buildsIndex && !indexname ? [INDEX_FIRST] : [];
}

function checkValidation(name: string, table: string, context: Context): Problem[] {
  const key = `${table}.${name}`;
  const column = context.notNullChecks.get(key);
  if (column) context.neverNull.add(column);
  return context.transactional && context.addedConstraints.has(key)
    ? [
        problem(
          'validates-under-lock',
          'the lock of adding it is held while every row is read: VALIDATE in the next step',
        ),
      ]
    : [];
}

function checkNotNull(column: string, table: string, { neverNull }: Context): Problem[] {
  if (neverNull.has(`${table}.${column}`)) return [];
  return [
    problem(
      'set-not-null',
      `it reads every row under an exclusive lock: CHECK (${column} IS NOT NULL) NOT VALID, VALIDATE it in the next step, then SET NOT NULL`,
    ),
  ];
}
