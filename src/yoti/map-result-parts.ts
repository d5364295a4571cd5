import { z } from 'zod';
import { badResponse } from './read-answer.js';
import type { MediaRef } from './result-parts.js';

/** Deepest nesting kept of what Yoti may add. */
const deepest = 32;

/** Never kept, wherever they appear (Yoti: session result; a watchlist of the customer's own carries its key). */
const secrets = new Set(['client_session_token', 'api_key', 'auth_token']);

/** PostgreSQL stores no NUL character. */
const storable = (text: string) => text.replaceAll('\u0000', '\uFFFD');

/**
 * A copy of anything Yoti sends, without secrets and NUL characters. Throws `YOTI_BAD_RESPONSE` for nesting that could
 * exhaust the stack of whoever reads it.
 */
export function kept(value: unknown, depth = 1): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) throw badResponse('nested too deep');
  if (Array.isArray(value)) return value.map((item) => kept(item, depth + 1));
  return keptProperties(value, undefined, depth + 1);
}

/** The properties of an object but for `named` ones and secrets; bounded as `kept` is. */
export function keptProperties(
  value: object,
  named: ReadonlySet<string> = new Set(),
  depth = 1,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !named.has(name) && !secrets.has(name))
      .map(([name, inner]) => [storable(name), kept(inner, depth)]),
  );
}

const isEmpty = (value: object) => Object.keys(value).length === 0;

/** An optional part as it was understood, and what of it has no place there: `part` keeps that under `other`. */
class Understood<Value> {
  /** Told apart from Yoti's parts, which have a `value` too. */
  declare private readonly understood: true;

  constructor(
    readonly value: Value,
    readonly rest?: unknown,
  ) {}
}

/** An optional text of Yoti; anything else found in its place is kept as JSON rather than refused or dropped. */
export const text = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null) return null;
    return storable(typeof value === 'string' ? value : JSON.stringify(kept(value)));
  });

export const openText = text.transform((value) => value ?? '');

export const id = z.string().min(1).max(200).transform(storable);

export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

/** A value of the given type, or null; one of another type is kept under `other`. */
const only = <Value>(is: (value: unknown) => value is Value) =>
  z
    .unknown()
    .optional()
    .transform((value) => {
      if (value === undefined || value === null) return new Understood<Value | null>(null);
      return is(value)
        ? new Understood<Value | null>(value)
        : new Understood<Value | null>(null, kept(value));
    });

export const flag = only((value) => typeof value === 'boolean');
export const amount = only((value) => typeof value === 'number');

/** A list of texts; anything else is kept under `other`. */
export const texts = only(
  (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string'),
).transform(({ value, rest }) => new Understood((value ?? []).map(storable), rest));

/** An open set of properties; anything else is kept under `other`. */
export const properties = only(
  (value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value),
).transform(({ value, rest }) => new Understood(value === null ? null : keptProperties(value), rest));

type Plain<Value> = Value extends Understood<infer Inner> ? Inner : Value;
type Wire<Shape extends z.ZodRawShape> = {
  [Name in keyof z.output<z.ZodObject<Shape>>]: Plain<z.output<z.ZodObject<Shape>>[Name]>;
};

/** Reads an object of Yoti: the parts that `shape` names, and everything else under `other`. */
function reading<Shape extends z.ZodRawShape>(shape: Shape) {
  const named = new Set(Object.keys(shape));
  return z.looseObject(shape).transform((parsed) => {
    const other = keptProperties(parsed, named);
    const wire: Record<string, unknown> = {};
    for (const name of named) {
      const value: unknown = Reflect.get(parsed, name);
      wire[name] = value instanceof Understood ? value.value : value;
      if (value instanceof Understood && value.rest !== undefined) other[name] = value.rest;
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same names, each with its plain value
    return { wire: wire as Wire<Shape>, other };
  });
}

/** An object of Yoti put into our words by `build`; what `shape` does not name is kept under `other`. */
export function part<Shape extends z.ZodRawShape, Built extends object>(
  shape: Shape,
  build: (wire: Wire<Shape>) => Built,
) {
  return reading(shape).transform(({ wire, other }) => ({ ...build(wire), other }));
}

/** The same for a small object, which has `other` only when there is something in it. */
export function smallPart<Shape extends z.ZodRawShape, Built extends object>(
  shape: Shape,
  build: (wire: Wire<Shape>) => Built,
) {
  return reading(shape).transform(({ wire, other }) => ({
    ...build(wire),
    ...(isEmpty(other) ? {} : { other }),
  }));
}

/** Resources are dated by `created_at`, everything else by `created`. */
export const timestamps = { created: text, created_at: text, last_updated: text };

interface Timestamps {
  created: string | null;
  created_at: string | null;
  last_updated: string | null;
}

export const times = ({ created, created_at, last_updated }: Timestamps) => ({
  createdAt: created_at ?? created,
  lastUpdatedAt: last_updated,
});

export const mediaRef = smallPart(
  { id, type: openText, created: text, last_updated: text },
  ({ created, last_updated, ...media }): MediaRef => ({
    ...media,
    createdAt: created,
    lastUpdatedAt: last_updated,
  }),
);

/** Yoti wraps a media as `{ media }`, and writes `{}` for one that is not there. */
const wrapped = reading({ media: mediaRef.nullish() }).nullish();

function unwrap(value: z.output<typeof wrapped>): Understood<MediaRef | null> {
  const media = value?.wire.media;
  const siblings = value?.other ?? {};
  if (media) {
    const other = { ...siblings, ...media.other };
    return new Understood<MediaRef | null>(isEmpty(other) ? media : { ...media, other });
  }
  return new Understood<MediaRef | null>(null, isEmpty(siblings) ? undefined : siblings);
}

export const holder = wrapped.transform(unwrap);

export const holders = listOf(wrapped).transform((all) => {
  const read = all.map(unwrap);
  const rest = read.map((one) => one.rest).filter((one) => one !== undefined);
  const media = read.map(({ value }) => value).filter((value) => value !== null);
  return new Understood(media, rest.length > 0 ? rest : undefined);
});

export const generated = listOf(smallPart({ id, type: openText }, (wire) => wire));
