/** Stands where a secret was. */
export const HIDDEN = '[hidden]';

const SECRET_NAMES = /token$|secret|password|api_?key|private_?key|authorization/i;

/** A copy of JSON data in which the texts under names of secrets are hidden; what they are named stays visible. */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && SECRET_NAMES.test(name) ? HIDDEN : redact(inner),
    ]),
  );
}
