import yoti from 'yoti';
import { z } from 'zod';
import type { RunsOn } from './captured-resources.js';

type SpecificationBuilder = InstanceType<typeof yoti.SessionSpecificationBuilder>;

/** What the SDK's builders make for one entry of `requested_checks`. */
export type RequestedCheck = Parameters<SpecificationBuilder['withRequestedCheck']>[0];

/** What the SDK's builders make for one entry of `requested_tasks`. */
export type RequestedTask = Parameters<SpecificationBuilder['withRequestedTask']>[0];

/** Yoti's `manual_check`: when one of its experts looks at the case. */
export const manualCheckSchema = z
  .enum(['ALWAYS', 'FALLBACK', 'NEVER'])
  .describe(
    'When an expert at Yoti reviews: ALWAYS, FALLBACK (only when automation is not confident) or NEVER.',
  )
  .meta({ id: 'ManualCheck' });

export type ManualCheck = z.infer<typeof manualCheckSchema>;

/** For checks that Yoti makes without experts, though its documents show the setting. */
export const neverManualSchema = z
  .literal('NEVER')
  .optional()
  .describe("Yoti's experts have no part in this check; sent only when given.");

/** `manual_check` on the wire. */
export const manualCheckWire = z.enum(['ALWAYS', 'FALLBACK', 'NEVER']);

/** The value of one of the tenant's secrets by its name. Throws a RangeError when there is none. */
export type SecretLookup = (name: string) => string;

/** Who did a sub-check, as Yoti's reports write it. */
export type Process = 'AUTOMATED' | 'EXPERT_REVIEW';

/** The outcome wanted from a simulated check. `confidence` (0 to 1) matters to face match only. */
export interface Verdict {
  recommendation: 'APPROVE' | 'REJECT' | 'NOT_AVAILABLE' | 'CONSIDER';
  reason?: string;
  recoverySuggestion?: string;
  confidence?: number;
}

/** What a simulated check ran on. `manual` tells whether an expert took part. */
export interface SimulationContext {
  manual: boolean;
  documentType?: string;
  livenessType?: string;
  /** The requested check's `config` as it was sent. */
  config?: unknown;
}

/** One line of a report's breakdown, in Yoti's wire form. */
export interface WireSubCheck {
  sub_check: string;
  result: 'PASS' | 'FAIL';
  details: { name: string; value: string }[];
  process: Process;
}

/** A check's report, in Yoti's wire form. */
export interface WireReport {
  recommendation: { value: string; reason?: string; recovery_suggestion?: string };
  breakdown: WireSubCheck[];
}

/** A check as it appears in a session's result: how to name it to people, and what its report looks like. */
export interface ReportedCheck<Type extends string = string> {
  type: Type;
  title: string;
  description: string;
  /** Sub-check name → sentence for people. */
  subChecks: Readonly<Record<string, string>>;
  /** Reason code → sentence for people. */
  reasons: Readonly<Record<string, string>>;
  /** A report Yoti could have given for this verdict; sub-checks alphabetical, the failing one matching the reason. */
  simulate(verdict: Verdict, context: SimulationContext): WireReport;
}

/** What else a session must ask for, or the check can't be made. */
export interface CheckNeeds {
  /** How many identity documents, at least. */
  idDocuments?: 1 | 2;
  liveness?: true;
  /** Data read from a document by an extraction task. Yoti accepts a session without, but has nothing to compare. */
  text?: true;
}

/** What a watchlist check's summary is made from. */
export interface WatchlistFacts {
  hits: number;
  /** Id of the JSON media with all hits, and when it was made (RFC 3339). */
  rawResults: { id: string; at: string };
  /** ISO 3166-1 alpha-3. */
  countries: string[];
}

/** A check that a policy may ask for. */
export interface RequestableCheck<
  Type extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
  Wire extends z.ZodType = z.ZodType,
> extends ReportedCheck<Type> {
  kind: 'check';
  settings: Settings;
  /** What Yoti takes as `config`. */
  wire: Wire;
  needs?: CheckNeeds;
  runsOn: RunsOn;
  toYoti(settings: z.infer<Settings>, secret: SecretLookup): RequestedCheck;
  /** The names of the tenant's secrets that these settings refer to; none when left out. */
  secretNames?(settings: z.infer<Settings>): string[];
  /** The `watchlist_summary` of a simulated report. */
  summarise?(config: z.infer<Wire>, facts: WatchlistFacts): Record<string, unknown>;
}

/** A task that a policy may ask for, and the check Yoti generates when an expert has to do it. */
export interface RequestableTask<
  Type extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
  Wire extends z.ZodType = z.ZodType,
> {
  kind: 'task';
  type: Type;
  title: string;
  description: string;
  /** The kind of required document it reads. */
  reads: 'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT';
  settings: Settings;
  /** What Yoti takes as `config`. */
  wire: Wire;
  toYoti(settings: z.infer<Settings>): RequestedTask;
  generatedCheck: ReportedCheck;
}

/** Declares a requestable check; the types of its settings follow from the schema. */
export function defineCheck<const Type extends string, Settings extends z.ZodObject, Wire extends z.ZodType>(
  check: Omit<RequestableCheck<Type, Settings, Wire>, 'kind'>,
): RequestableCheck<Type, Settings, Wire> {
  return { kind: 'check', ...check };
}

/** Declares a requestable task; the types of its settings follow from the schema. */
export function defineTask<const Type extends string, Settings extends z.ZodObject, Wire extends z.ZodType>(
  task: Omit<RequestableTask<Type, Settings, Wire>, 'kind'>,
): RequestableTask<Type, Settings, Wire> {
  return { kind: 'task', ...task };
}

/** Builders with Yoti's three `withManualCheck…` methods. */
interface ManualCheckBuilder {
  withManualCheckAlways(): unknown;
  withManualCheckFallback(): unknown;
  withManualCheckNever(): unknown;
}

/** Sets `manual_check` on an SDK builder, and returns the builder. */
export function withManualCheck<Builder extends ManualCheckBuilder>(
  builder: Builder,
  manualCheck: ManualCheck,
): Builder {
  if (manualCheck === 'ALWAYS') builder.withManualCheckAlways();
  else if (manualCheck === 'FALLBACK') builder.withManualCheckFallback();
  else builder.withManualCheckNever();
  return builder;
}
