import yoti from 'yoti';
import { z } from 'zod';

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

/** A check that a policy may ask for. */
export interface RequestableCheck<
  Type extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
> extends ReportedCheck<Type> {
  kind: 'check';
  settings: Settings;
  toYoti(settings: z.infer<Settings>): RequestedCheck;
  /** The names of the tenant's secrets that these settings refer to; none when left out. */
  secretNames?(settings: z.infer<Settings>): string[];
}

/** A task that a policy may ask for, and the check Yoti generates when an expert has to do it. */
export interface RequestableTask<Type extends string = string, Settings extends z.ZodObject = z.ZodObject> {
  kind: 'task';
  type: Type;
  title: string;
  description: string;
  settings: Settings;
  toYoti(settings: z.infer<Settings>): RequestedTask;
  generatedCheck: ReportedCheck;
}

/** Declares a requestable check; the types of its settings follow from the schema. */
export function defineCheck<const Type extends string, Settings extends z.ZodObject>(
  check: Omit<RequestableCheck<Type, Settings>, 'kind'>,
): RequestableCheck<Type, Settings> {
  return { kind: 'check', ...check };
}

/** Declares a requestable task; the types of its settings follow from the schema. */
export function defineTask<const Type extends string, Settings extends z.ZodObject>(
  task: Omit<RequestableTask<Type, Settings>, 'kind'>,
): RequestableTask<Type, Settings> {
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
