import { z } from 'zod';
import type {
  ReportedCheck,
  RequestableCheck,
  RequestableTask,
  RequestedCheck,
  RequestedTask,
} from './define-check.js';
import { documentAuthenticity } from './document-authenticity.js';
import { faceMatch } from './face-match.js';
import { liveness } from './liveness.js';
import { textExtraction } from './text-extraction.js';

/** Every check that a policy may ask for. A new one is a file in this folder and a line here. */
export const checks = [documentAuthenticity, liveness, faceMatch] as const;

/** Every task that a policy may ask for. */
export const tasks = [textExtraction] as const;

/** The settings schemas of a tuple of definitions, as a tuple of the same length. */
function settingsOf<const Definitions extends readonly { settings: z.ZodObject }[]>(
  definitions: Definitions,
) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- map() keeps the order but not the tuple type
  return definitions.map(({ settings }) => settings) as {
    -readonly [Index in keyof Definitions]: Definitions[Index]['settings'];
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

const checksByType = new Map<string, RequestableCheck>(checks.map((check) => [check.type, check]));
const tasksByType = new Map<string, RequestableTask>(tasks.map((task) => [task.type, task]));
const reportedByType = new Map<string, ReportedCheck>([
  ...checksByType,
  ...tasks.map((task) => [task.generatedCheck.type, task.generatedCheck] as const),
]);

/** A check that can appear in a result, by Yoti's type; undefined for types unknown here. */
export function findReportedCheck(type: string): ReportedCheck | undefined {
  return reportedByType.get(type);
}

/** A requestable task by Yoti's type; undefined for types unknown here. */
export function findTask(type: string): RequestableTask | undefined {
  return tasksByType.get(type);
}

/** The names of the secrets that a check with these settings needs. */
export function secretNamesOfCheck(settings: CheckSettings): string[] {
  return checksByType.get(settings.type)?.secretNames?.(settings) ?? [];
}

/** Builds the entry of `requested_checks` for these settings. Throws a RangeError for a type unknown here. */
export function requestCheck(settings: CheckSettings): RequestedCheck {
  const check = checksByType.get(settings.type);
  if (check === undefined) throw new RangeError(`Unknown check type ${settings.type}`);
  return check.toYoti(settings);
}

/** Builds the entry of `requested_tasks` for these settings. Throws a RangeError for a type unknown here. */
export function requestTask(settings: TaskSettings): RequestedTask {
  const task = tasksByType.get(settings.type);
  if (task === undefined) throw new RangeError(`Unknown task type ${settings.type}`);
  return task.toYoti(settings);
}
