import { loadModule, parseSync, type Node } from 'libpg-query';
import type { RecordedMigration } from './migration-recorder.js';
import { checkStatement } from './migration-rules.js';
import { checkNewTables, type NewTable } from './tenant-table-rules.js';

/** What is wrong with a statement, and the way to do it while traffic runs. */
export interface Problem {
  rule: string;
  advice: string;
}

/** A problem, and where it is. */
export interface Finding extends Problem {
  migration: string;
  /** The statement's text, its spaces narrowed. */
  statement: string;
}

/** What the rules need to know of what came before a statement. */
export interface Context {
  transactional: boolean;
  /** Whether the statement is sent with others in one message, which makes them one transaction. */
  together: boolean;
  /** Tables and functions that this migration made: nobody uses them yet. */
  fresh: Set<string>;
  newTables: Map<string, NewTable>;
  /** Columns of constraints `CHECK (column IS NOT NULL)`, as `table.constraint` → `table.column`. */
  notNullChecks: Map<string, string>;
  /** `table.column` of those that have been validated. */
  neverNull: Set<string>;
  /** Constraints that this migration added, as `table.constraint`. */
  addedConstraints: Set<string>;
}

/**
 * Reads migrations with PostgreSQL's own parser and says which of their statements would stall or break the release that
 * runs while they are applied, or open a tenant's data to others.
 *
 * @param migrations all of them, in order: a table is new only in the migration that makes it
 */
export async function lint(migrations: RecordedMigration[]): Promise<Finding[]> {
  await loadModule();
  const history = { notNullChecks: new Map<string, string>(), neverNull: new Set<string>() };
  return migrations.flatMap((migration) => lintOne(migration, history));
}

function lintOne(
  migration: RecordedMigration,
  history: Pick<Context, 'notNullChecks' | 'neverNull'>,
): Finding[] {
  const { name, transactional, queries } = migration;
  const findings: Finding[] = [];
  const context: Context = {
    ...history,
    transactional,
    together: false,
    fresh: new Set(),
    newTables: new Map(),
    addedConstraints: new Set(),
  };
  const found = (statement: string, problems: Problem[]) =>
    findings.push(
      ...problems.map((problem) => ({ migration: name, statement: narrow(statement), ...problem })),
    );
  for (const query of queries) {
    const statements = parse(query);
    if (typeof statements === 'string') {
      found(query, [{ rule: 'does-not-parse', advice: statements }]);
      continue;
    }
    context.together = statements.length > 1;
    for (const { node, text } of statements) found(text, checkStatement(node, text, context));
  }
  for (const { text, problems } of checkNewTables([...context.newTables.values()])) found(text, problems);
  return findings;
}

function parse(query: string): { node: Node; text: string }[] | string {
  const bytes = Buffer.from(query);
  try {
    return (parseSync(query).stmts ?? []).map(({ stmt, stmt_location: start = 0, stmt_len: length }) => ({
      node: stmt as Node,
      text: bytes.subarray(start, length ? start + length : undefined).toString(),
    }));
  } catch (error) {
    return (error as Error).message;
  }
}

const narrow = (statement: string): string =>
  statement.replaceAll(/--.*$/gm, '').replaceAll(/\s+/g, ' ').trim();
