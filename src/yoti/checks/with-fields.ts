/** Fields in Yoti's wire form; undefined ones are left out. */
export type ExtraFields = Readonly<Record<string, unknown>>;

/**
 * Adds fields to what an SDK builder made, for settings that Yoti's API has but the builders lack. What was built
 * stays an object of the SDK; only its JSON gains the fields, after the builder's own. Objects are merged into.
 */
export function withFields<Built extends { toJSON(): object }>(built: Built, fields: ExtraFields): Built {
  if (Object.values(fields).every((value) => value === undefined)) return built;
  const toJSON = built.toJSON.bind(built);
  return Object.assign(built, { toJSON: () => merge(plain(toJSON()), fields) });
}

function merge(json: ExtraFields, fields: ExtraFields): ExtraFields {
  const merged: Record<string, unknown> = { ...json };
  for (const [name, value] of Object.entries(fields)) {
    const present = merged[name];
    merged[name] = isObject(present) && isObject(value) ? merge(present, value) : value;
  }
  return merged;
}

function plain(json: object): ExtraFields {
  const copy: ExtraFields = JSON.parse(JSON.stringify(json));
  return copy;
}

function isObject(value: unknown): value is ExtraFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
