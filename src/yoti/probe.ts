import { codeOf, YotiError } from './yoti-error.js';
import type { Exchange } from './read-answer.js';

/** What a probe can find. Only `OK` means that sessions can be made. */
export type ProbeCode =
  | 'OK'
  | 'WRONG_KEY'
  | 'UNUSABLE_PUBLIC_KEY'
  | 'CLOCK_SKEW'
  | 'UNKNOWN_APP'
  | 'NO_PERMISSION'
  | 'REFUSED'
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'BUSY'
  | 'NOT_YOTI';

/** What is right or wrong with a credential, in a code and in words. */
export interface ProbeResult {
  ok: boolean;
  diagnosis: ProbeCode;
  message: string;
  /** How far our clock is ahead of Yoti's (negative: behind); null when Yoti did not tell its time. */
  clockSkewSeconds: number | null;
}

/** Skew from which a refused signature is put down to the clock. */
const suspiciousSkewSeconds = 60;

const messages: Record<ProbeCode, string> = {
  OK: 'Yoti accepts the credential.',
  WRONG_KEY: "The private key doesn't belong to this SDK id: Yoti refused the signature.",
  UNUSABLE_PUBLIC_KEY: "Yoti can't use the public key that it holds for this application.",
  CLOCK_SKEW: "Yoti refused the signature, and this server's clock is wrong: correct the clock first.",
  UNKNOWN_APP: 'Yoti knows no application with this SDK id at this address.',
  NO_PERMISSION: 'The application is disabled or may not use identity verification: ask Yoti to enable it.',
  REFUSED: 'Yoti refused the call for another reason.',
  UNREACHABLE: 'Yoti could not be reached, or cannot answer now.',
  TIMEOUT: 'Yoti did not answer in time.',
  BUSY: 'Too many calls of this tenant are in flight: try again.',
  NOT_YOTI: "What answered isn't Yoti's API: look at the address.",
};

/** What Yoti's codes mean to someone who probes with a session id that does not exist (Yoti: error responses). */
const diagnoses: Readonly<Record<string, ProbeCode>> = {
  SESSION_NOT_FOUND: 'OK',
  MESSAGE_SIGNING: 'WRONG_KEY',
  BAD_PUBLIC_KEY: 'UNUSABLE_PUBLIC_KEY',
  APP_NOT_FOUND: 'UNKNOWN_APP',
  INSUFFICIENT_PERMISSION: 'NO_PERMISSION',
};

/** Diagnoses the answer to the request for a session that does not exist. `now` is in milliseconds. */
export function diagnose({ status, headers, body }: Exchange, now: number): ProbeResult {
  const yotiTime = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  const clockSkewSeconds = Number.isNaN(yotiTime) ? null : Math.round((now - yotiTime) / 1000);
  const code = codeOf(body);
  let diagnosis = (code === undefined ? undefined : diagnoses[code]) ?? byStatus(status, code);
  if (diagnosis === 'WRONG_KEY' && Math.abs(clockSkewSeconds ?? 0) >= suspiciousSkewSeconds) {
    diagnosis = 'CLOCK_SKEW';
  }
  return resultOf(diagnosis, clockSkewSeconds);
}

/** Diagnoses a call that got no answer. Throws anything that is not a `YotiError`. */
export function diagnoseFailure(error: unknown): ProbeResult {
  if (!(error instanceof YotiError)) throw error;
  const byCode: Record<YotiError['code'], ProbeCode> = {
    YOTI_BAD_RESPONSE: 'NOT_YOTI',
    YOTI_BUSY: 'BUSY',
    YOTI_REFUSED: 'REFUSED',
    YOTI_TIMEOUT: 'TIMEOUT',
    YOTI_UNAVAILABLE: 'UNREACHABLE',
  };
  return resultOf(byCode[error.code], null);
}

function byStatus(status: number, code: string | undefined): ProbeCode {
  if (status >= 500 || status === 429) return 'UNREACHABLE';
  return code === undefined ? 'NOT_YOTI' : 'REFUSED';
}

function resultOf(diagnosis: ProbeCode, clockSkewSeconds: number | null): ProbeResult {
  return { ok: diagnosis === 'OK', diagnosis, message: messages[diagnosis], clockSkewSeconds };
}
