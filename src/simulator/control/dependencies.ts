import type { Notifier } from '../notifications.js';
import type { ClockChange } from '../scenario.schema.js';
import type { ChoiceDependencies } from '../scenario-choice.js';
import type { RequestLog } from './request-log.js';

/** What the control paths work on. */
export interface ControlDependencies extends ChoiceDependencies {
  notifier: Notifier;
  requests: RequestLog;
  /** Resolves when everything due by then has happened and was announced. */
  changeClock: (change: ClockChange) => Promise<void>;
}
