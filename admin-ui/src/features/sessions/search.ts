import type { Schemas } from '../../api/client';
import { outcomeLooks, statusLooks } from '../../ui/status';

/** The list's filters, as they stand in the address. Dates are whole days, `yyyy-mm-dd`. */
export interface SessionFilter {
  status?: Schemas['SessionItem']['status'];
  outcome?: NonNullable<Schemas['SessionItem']['outcome']> | 'none';
  policy?: string;
  reference?: string;
  from?: string;
  to?: string;
}

const isDay = (value: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));

const readers: { [Name in keyof SessionFilter]-?: (value: string) => boolean } = {
  status: (value) => value in statusLooks,
  outcome: (value) => value === 'none' || value in outcomeLooks,
  policy: (value) => value.length <= 63,
  reference: (value) => value.length <= 200,
  from: isDay,
  to: isDay,
};

/** Reads the address; what makes no sense there is left out. */
export function sessionSearch(search: Record<string, unknown>): SessionFilter {
  const told = Object.entries(readers).flatMap(([name, accepts]) => {
    const value = search[name];
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' && accepts(text) ? [[name, text]] : [];
  });
  return Object.fromEntries(told) as SessionFilter;
}
