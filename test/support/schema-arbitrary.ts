import fc, { type Arbitrary } from 'fast-check';
import type { Any } from './client.js';
import { resolve, type Schema } from './operations.js';

/** Values that a JSON schema of the API document accepts, or nearly: its patterns are followed, its prose isn't. */
export function fromSchema(document: Any, schema: Schema): Arbitrary<unknown> {
  const {
    type,
    enum: choices,
    const: constant,
    anyOf,
    oneOf,
    ...rules
  } = resolve(document, schema) as Record<string, Any>;
  const inner = (part: Schema) => fromSchema(document, part);
  if (constant !== undefined) return fc.constant(constant);
  if (choices) return fc.constantFrom(...(choices as unknown[]));
  if (anyOf ?? oneOf) return fc.oneof(...((anyOf ?? oneOf) as Schema[]).map(inner));
  switch (type) {
    case 'object':
      return objects(rules, inner);
    case 'array':
      return fc.array(inner(rules.items), {
        minLength: rules.minItems ?? 0,
        maxLength: Math.min(rules.maxItems ?? 3, (rules.minItems ?? 0) + 3),
      });
    case 'string':
      return strings(rules);
    case 'integer':
      return fc.integer({ min: clamp(rules.minimum ?? 0), max: clamp(rules.maximum ?? 100_000) });
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function objects(
  rules: Record<string, Any>,
  inner: (part: Schema) => Arbitrary<unknown>,
): Arbitrary<unknown> {
  const { properties, required = [], additionalProperties } = rules;
  if (properties) {
    const entries = Object.entries<Schema>(properties).map(([name, part]) => [name, inner(part)] as const);
    return fc.record(Object.fromEntries(entries), { requiredKeys: required as string[] });
  }
  return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), inner(additionalProperties ?? {}), {
    maxKeys: 4,
  });
}

function strings({ format, pattern, minLength, maxLength }: Record<string, Any>): Arbitrary<string> {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time') return dateTimes;
  if (format === 'email') return fc.emailAddress();
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true });
  if (pattern) return fc.stringMatching(new RegExp(pattern as string));
  return fc.string({ minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 30, 30), unit: 'grapheme' });
}

/** RFC 3339 also where PostgreSQL's or JavaScript's calendar ends. */
const dateTimes = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59.999999-23:59',
    '2026-06-30T23:59:60Z',
    '2026-01-01T00:00:00+15:59',
    '2026-01-01T24:00:00Z',
  ),
);

const clamp = (value: number) => Math.max(Math.min(value, 2 ** 31 - 1), -(2 ** 31));

/** Values that are often not thought of. */
export const nasty: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e\u200b\ufeff',
    '__proto__',
    'constructor',
    `'; DROP TABLE sessions; --`,
    `{{7*7}}\${7*7}<script>alert(1)</script>`,
    '../../etc/passwd',
    'x'.repeat(10_000),
    '\u{1F4A9}'.repeat(1000),
    '%',
    '\\',
    -1,
    0,
    -0,
    0.1,
    1e308,
    1e21,
    2 ** 31,
    2 ** 53,
    Number.MAX_SAFE_INTEGER + 2,
    [],
    {},
    [[[[[[]]]]]],
    '2026-13-45T99:99:99Z',
    '0000-01-01T00:00:00Z',
    'http://[::1]:99999/',
    'javascript:alert(1)',
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
);

/** The value with some of its parts replaced, removed or added. */
export function damaged(value: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(
      value,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom('replace', 'remove', 'add', 'wrap'), nasty), {
        maxLength: 3,
      }),
    )
    .map(([whole, changes]) =>
      changes.reduce<unknown>((current, [at, change, by]) => damage(current, at, change, by), whole),
    );
}

function damage(whole: unknown, at: number, change: string, by: unknown): unknown {
  const holder = { root: structuredClone(whole) };
  const places = placesOf(holder);
  const [parent, key] = places[at % places.length] ?? [holder, 'root'];
  const object = parent as Record<string, unknown>;
  if (change === 'remove') delete object[key];
  else if (change === 'add') object[`${key}x`] = by;
  else object[key] = change === 'wrap' ? [object[key]] : by;
  return holder.root;
}

function placesOf(value: unknown): [object, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(
    ([key, child]) => [[value, key], ...placesOf(child)] as [object, string][],
  );
}
