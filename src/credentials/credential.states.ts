import { blamesCredential, type Diagnosis } from '../yoti/probe.js';
import type { Credential } from './credential.entity.js';

/** What activating a credential comes to: it becomes active, it already is, or it can't and why. */
export type Activation = { to: 'active' } | 'unchanged' | { refused: string };

/** Only a new credential whose last check was good becomes active: `pending → active`. */
export function activation({ status, lastCheck }: Pick<Credential, 'status' | 'lastCheck'>): Activation {
  if (status === 'active') return 'unchanged';
  if (status !== 'pending') return { refused: `The credential is ${status}; add it anew to use it again.` };
  if (lastCheck === null) return { refused: 'The credential has not been checked: run check first.' };
  if (!lastCheck.ok)
    return { refused: `The last check found ${lastCheck.diagnosis}: put it right and run check.` };
  return { to: 'active' };
}

/** What retiring a credential comes to. While sessions it made are open it stays, because only it can read them. */
export function retirement(
  { status }: Pick<Credential, 'status'>,
  openSessions: boolean,
): { to: 'retiring' | 'retired' } | 'unchanged' {
  const to = openSessions ? 'retiring' : 'retired';
  return status === 'retired' || status === to ? 'unchanged' : { to };
}

/**
 * What an examination changes. A credential in use becomes suspect for its own trouble only, not for Yoti's or the
 * network's, and recovers by nothing less than a good examination.
 */
export function verdictOn(
  { status, suspectSince }: Pick<Credential, 'status' | 'suspectSince'>,
  diagnosis: Diagnosis,
): 'suspect' | 'recovered' | 'unchanged' {
  if (suspectSince !== null) return diagnosis === 'OK' ? 'recovered' : 'unchanged';
  const inUse = status === 'active' || status === 'retiring';
  return inUse && blamesCredential(diagnosis) ? 'suspect' : 'unchanged';
}

/** A retiring credential's sessions end by minutes, so that looking more often finds nothing. */
export const RETIREMENT_LOOK_SECONDS = 20;
const FIRST_PROBE_SECONDS = 30;
const LONGEST_PROBE_SECONDS = 600;
const FIRST_RETRY_SECONDS = 5;
/** Probes without an answer after which the refusal is forgotten, and one more has to ask for the next. */
const MAX_RETRIES = 8;

/** When the worker looks at a credential again. */
export interface NextLook {
  /** Null for one that needs no looking at. */
  seconds: number | null;
  /** Whether a refusal still waits for the probe that explains it. */
  unclear: boolean;
}

/**
 * When the worker looks at a credential again, and whether a refusal is still looked into then.
 *
 * @param state after a look; `unclear`: a refusal has not been explained, since the probe got no answer
 * @param attempts looks in a row that didn't settle it, from 1
 */
export function nextLook(
  state: { retiring: boolean; suspect: boolean; unclear: boolean },
  attempts: number,
): NextLook {
  const times = 2 ** Math.min(attempts - 1, 10);
  if (state.suspect)
    return { seconds: Math.min(FIRST_PROBE_SECONDS * times, LONGEST_PROBE_SECONDS), unclear: false };
  if (state.unclear && attempts < MAX_RETRIES) return { seconds: FIRST_RETRY_SECONDS * times, unclear: true };
  return { seconds: state.retiring ? RETIREMENT_LOOK_SECONDS : null, unclear: false };
}
