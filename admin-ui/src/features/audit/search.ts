/** The list's filters, as they stand in the address. Dates are whole days, `yyyy-mm-dd`. */
export interface AuditFilter {
  action?: string;
  actorId?: string;
  objectId?: string;
  sessionId?: string;
  from?: string;
  to?: string;
}

const names = ['action', 'actorId', 'objectId', 'sessionId', 'from', 'to'] as const;

/** Reads the address; what makes no sense there is left out. */
export function auditSearch(search: Record<string, unknown>): AuditFilter {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = search[name];
      const isDay = name === 'from' || name === 'to';
      const fits = typeof value === 'string' && value !== '' && value.length <= 100;
      return fits && (!isDay || !Number.isNaN(Date.parse(value))) ? [[name, value]] : [];
    }),
  );
}
