/** A session as the database has it. */
export interface StoredSession {
  id: string;
  tenantId: string;
  reference: string;
  status: string;
  outcome: string | null;
  failureCode: string | null;
}

/** What creations met. */
export interface CreationTroubles {
  /** Calls that Yoti failed to answer properly. */
  spoiled: number;
  /** Sessions that came to be at Yoti. */
  made: number;
  /** Requests under way while a serving process or PostgreSQL was killed. */
  interrupted: number;
}

/** Why a creation may fail under the faults of the run. */
const FAILURES: ReadonlySet<string | null> = new Set([
  'creation_interrupted',
  'creation_failed',
  'server_error',
  'yoti_bad_response',
  'yoti_timeout',
  'yoti_unavailable',
]);

/** Each creation that failed had a fault of its own, and each session at Yoti had a creation of its own. */
export function verifyCreations(
  sessions: readonly StoredSession[],
  { spoiled, made, interrupted }: CreationTroubles,
): string[] {
  const failed = sessions.filter(({ status }) => status === 'failed');
  const found = failed
    .filter(({ failureCode }) => !FAILURES.has(failureCode))
    .map(({ id, failureCode }) => `session ${id} failed with ${failureCode}, which no fault leads to`);
  if (failed.length > spoiled + interrupted) {
    found.push(
      `${failed.length} creations failed: Yoti spoiled ${spoiled}, kills met ${interrupted} under way`,
    );
  }
  if (made > sessions.length) found.push(`${made} sessions at Yoti, ${sessions.length} of ours`);
  return found;
}
