import { Registry } from 'prom-client';

/**
 * Where every metric of the process is registered. A feature declares its counters and histograms beside its code, as
 * constants with `registers: [registry]`; what has to be read when asked for is a gauge of `health/metrics.ts`.
 * Labels are kinds, outcomes and route templates, never ids.
 */
export const registry = new Registry();
