const LAST_MS = 2 ** 48 - 1;
/** How far an id's time, which is the server's, may be from the database's. */
export const CLOCKS_DIFFER_MS = 24 * 60 * 60_000;

/**
 * The smallest UUIDv7 of a moment (RFC 9562, 5.7): ids that are made from then on are greater.
 *
 * @param ms milliseconds since the epoch; what UUIDv7 can't tell is taken as the nearest that it can
 */
export function firstIdAt(ms: number): string {
  const hex = Math.min(Math.max(ms, 0), LAST_MS).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** The moment of a UUIDv7, in milliseconds since the epoch. */
export const timeOfId = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
