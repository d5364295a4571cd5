import type { Constraint, Node, RangeVar } from 'libpg-query';

/** The name of a relation in a statement. */
export const nameOf = (relation: RangeVar | undefined): string => relation?.relname ?? '';

/** The texts of a list of names. */
export const textsOf = (nodes: Node[] | undefined): string[] =>
  (nodes ?? []).map((node) => ('String' in node ? (node.String.sval ?? '') : ''));

/** The constraints among the elements of a table or column. */
export const constraintsOf = (nodes: Node[] | undefined): Constraint[] =>
  (nodes ?? []).flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));

/** Every function that an expression calls, whatever it is nested in. */
export function callsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(callsOf);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'FuncCall'
      ? [textsOf((value as { funcname: Node[] }).funcname).at(-1) ?? '', ...callsOf((value as object) ?? [])]
      : callsOf(value),
  );
}

/** The column that `column IS NOT NULL` is about; undefined for every other expression. */
export function notNullColumn(node: Node | undefined): string | undefined {
  if (!node || !('NullTest' in node) || node.NullTest.nulltesttype !== 'IS_NOT_NULL') return undefined;
  const { arg } = node.NullTest;
  return arg && 'ColumnRef' in arg ? textsOf(arg.ColumnRef.fields).at(-1) : undefined;
}

/** An expression without the places where its parts stand, so that two can be compared. */
export const shapeOf = (node: unknown): string =>
  JSON.stringify(node, (key, value: unknown) => (key === 'location' ? undefined : value));
