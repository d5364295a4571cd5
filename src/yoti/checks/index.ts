import { z } from 'zod';
import type {
  ReportedCheck,
  RequestableCheck,
  RequestableTask,
  RequestedCheck,
  RequestedTask,
  SecretLookup,
} from './define-check.js';
import { documentAuthenticity } from './document-authenticity.js';
import { documentComparison } from './document-comparison.js';
import { faceComparison } from './face-comparison.js';
import { faceMatch } from './face-match.js';
import { liveness } from './liveness.js';
import { supplementaryTextExtraction } from './supplementary-text-extraction.js';
import { synecticsIdentityFraud } from './synectics-identity-fraud.js';
import { textExtraction } from './text-extraction.js';
import { thirdPartyIdentityFraud } from './third-party-identity-fraud.js';
import { thirdPartyIdentity } from './third-party-identity.js';
import { watchlistAdvancedCa } from './watchlist-advanced-ca.js';
import { watchlistScreening } from './watchlist-screening.js';

/** Every check that a policy may ask for. A new one is a file in this folder and a line here. */
export const checks = [
  documentAuthenticity,
  liveness,
  faceMatch,
  faceComparison,
  documentComparison,
  thirdPartyIdentity,
  watchlistScreening,
  watchlistAdvancedCa,
] as const;

/** Every task that a policy may ask for. */
export const tasks = [textExtraction, supplementaryTextExtraction] as const;

/** Every check that can appear in a result: those asked for, those tasks generate, those identity profiles bring. */
export const reportedChecks: readonly ReportedCheck[] = [
  ...checks,
  ...tasks.map((task) => task.generatedCheck),
  thirdPartyIdentityFraud,
  synecticsIdentityFraud,
];

/** The settings schemas of a tuple of definitions, as a tuple of the same length. */
function settingsOf<const Definitions extends readonly { settings: z.ZodObject }[]>(
  definitions: Definitions,
) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map() keeps the order but not the tuple type
  return definitions.map(({ settings }) => settings) as {
    -readonly [Index in keyof Definitions]: Definitions[Index]['settings'];
  };
}

/** One entry of `requested_checks` or `requested_tasks` on the wire. */
type WireEntry<Definition extends { type: string; wire: z.ZodType }> = z.ZodObject<
  { type: z.ZodLiteral<Definition['type']>; config: Definition['wire'] },
  z.core.$loose
>;

function wiresOf<const Definitions extends readonly { type: string; wire: z.ZodType }[]>(
  definitions: Definitions,
) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map() keeps the order but not the tuple type
  return definitions.map(({ type, wire }) => z.looseObject({ type: z.literal(type), config: wire })) as {
    -readonly [Index in keyof Definitions]: WireEntry<Definitions[Index]>;
  };
}

/** The settings of one requested check, told apart by `type`. */
export const checkSettingsSchema = z
  .discriminatedUnion('type', settingsOf(checks))
  .describe('A check that Yoti makes.')
  .meta({ id: 'RequestedCheck' });

export type CheckSettings = z.infer<typeof checkSettingsSchema>;

/** The settings of one requested task, told apart by `type`. */
export const taskSettingsSchema = z
  .discriminatedUnion('type', settingsOf(tasks))
  .describe('A task that Yoti carries out.')
  .meta({ id: 'RequestedTask' });

export type TaskSettings = z.infer<typeof taskSettingsSchema>;

/** A requested check as Yoti takes it; unknown fields are kept. */
export const requestedCheckWire = z.discriminatedUnion('type', wiresOf(checks));

/** A requested task as Yoti takes it; unknown fields are kept. */
export const requestedTaskWire = z.discriminatedUnion('type', wiresOf(tasks));

const checksByType = new Map<string, RequestableCheck>(checks.map((check) => [check.type, check]));
const tasksByType = new Map<string, RequestableTask>(tasks.map((task) => [task.type, task]));
const reportedByType = new Map(reportedChecks.map((check) => [check.type, check]));

/** A check that can appear in a result, by Yoti's type; undefined for types unknown here. */
export function findReportedCheck(type: string): ReportedCheck | undefined {
  return reportedByType.get(type);
}

/** A requestable check by Yoti's type; undefined for types unknown here. */
export function findCheck(type: string): RequestableCheck | undefined {
  return checksByType.get(type);
}

/** A requestable task by Yoti's type; undefined for types unknown here. */
export function findTask(type: string): RequestableTask | undefined {
  return tasksByType.get(type);
}

/** The names of the secrets that a check with these settings needs. */
export function secretNamesOfCheck(settings: CheckSettings): string[] {
  return findCheck(settings.type)?.secretNames?.(settings) ?? [];
}

/** Builds the entry of `requested_checks` for these settings. Throws a RangeError for a type or secret unknown here. */
export function requestCheck(settings: CheckSettings, secret: SecretLookup): RequestedCheck {
  const check = findCheck(settings.type);
  if (check === undefined) throw new RangeError(`Unknown check type ${settings.type}`);
  return check.toYoti(settings, secret);
}

/** Builds the entry of `requested_tasks` for these settings. Throws a RangeError for a type unknown here. */
export function requestTask(settings: TaskSettings): RequestedTask {
  const task = findTask(settings.type);
  if (task === undefined) throw new RangeError(`Unknown task type ${settings.type}`);
  return task.toYoti(settings);
}
