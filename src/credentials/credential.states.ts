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
