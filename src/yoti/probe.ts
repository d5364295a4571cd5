import yoti from 'yoti';
import type { SessionSpecification } from './compile-specification.js';
import { codeOf, YotiError } from './yoti-error.js';
import type { Exchange } from './read-answer.js';

/** What is told of each diagnosis: what it is, and what to do about it. */
interface Words {
  message: string;
  /** Null where there is nothing to do. */
  fix: string | null;
}

const words = {
  OK: { message: 'Yoti accepts the credential.', fix: null },
  WRONG_KEY: {
    message: "The private key doesn't belong to this SDK id: Yoti refused the signature.",
    fix: "Add a credential with the private key that Yoti's portal gave out for this application, or make a new key pair there.",
  },
  UNUSABLE_PUBLIC_KEY: {
    message: "Yoti can't use the public key that it holds for this application.",
    fix: "Make a new key pair in Yoti's portal and add a credential with it.",
  },
  CLOCK_SKEW: {
    message: "Yoti refused the signature, and this server's clock is wrong: correct the clock first.",
    fix: "Have the operator set the server's clock by NTP: Yoti refuses signatures of another time.",
  },
  UNKNOWN_APP: {
    message: 'Yoti knows no application with this SDK id at this address.',
    fix: "Compare the SDK id with the one in Yoti's portal, and look whether the application is one of the sandbox or of production.",
  },
  NO_PERMISSION: {
    message: 'The application is disabled or may not use identity verification: ask Yoti to enable it.',
    fix: "Enable the application and its identity verification in Yoti's portal, or ask Yoti to.",
  },
  WRONG_APP: {
    message: 'Yoti says that what this credential asks for belongs to another application.',
    fix: "Compare the SDK id with the one in Yoti's portal; if it is right, ask Yoti.",
  },
  UNREADABLE_KEY: {
    message: 'The stored private key can not be opened.',
    fix: 'Have the operator look whether a key is missing from ENCRYPTION_KEYS; otherwise add the credential anew.',
  },
  ADDRESS_NOT_ALLOWED: {
    message: "The operator doesn't allow the credential's address any more.",
    fix: 'Have the operator allow the address, or add a credential with one that is allowed.',
  },
  REFUSED: {
    message: 'Yoti refused the call for another reason.',
    fix: 'Check again later; if it stays so, ask Yoti.',
  },
  UNREACHABLE: {
    message: 'Yoti could not be reached, or cannot answer now.',
    fix: "Check again later; if it stays so, look at the server's way to the address.",
  },
  TIMEOUT: {
    message: 'Yoti did not answer in time.',
    fix: "Check again later; if it stays so, look at the server's way to the address.",
  },
  BUSY: {
    message: 'Too many calls of this tenant are in flight: try again.',
    fix: 'Check again in a minute.',
  },
  NOT_YOTI: {
    message: "What answered isn't Yoti's API: look at the address.",
    fix: "Compare the address with the one in Yoti's documentation.",
  },
} as const satisfies Record<string, Words>;

/** What can be wrong with a credential. Only `OK` means that sessions can be made. */
export type Diagnosis = keyof typeof words;

/** What a probe can find: the diagnoses for which a call is made. */
export type ProbeCode = Exclude<Diagnosis, 'UNREADABLE_KEY' | 'ADDRESS_NOT_ALLOWED'>;

/** What is right or wrong with a credential, in a code and in words. */
export interface ProbeResult {
  ok: boolean;
  diagnosis: ProbeCode;
  message: string;
  /** How far our clock is ahead of Yoti's (negative: behind); null when Yoti did not tell its time. */
  clockSkewSeconds: number | null;
}

/** Says a diagnosis in words, and what to do about it. */
export const wordsOf = (diagnosis: Diagnosis): Words => words[diagnosis];

/** Skew from which a refused signature is put down to the clock. */
const suspiciousSkewSeconds = 60;

/** What Yoti's codes mean to someone who probes with a session id that does not exist (Yoti: error responses). */
const diagnoses: Readonly<Record<string, ProbeCode>> = {
  SESSION_NOT_FOUND: 'OK',
  MESSAGE_SIGNING: 'WRONG_KEY',
  BAD_PUBLIC_KEY: 'UNUSABLE_PUBLIC_KEY',
  BAD_SDK_ID: 'WRONG_APP',
  APP_NOT_FOUND: 'UNKNOWN_APP',
  INSUFFICIENT_PERMISSION: 'NO_PERMISSION',
};

/** What a refusal with a code that is not documented is put down to, by its status. */
const unauthorised: Readonly<Record<number, ProbeCode>> = { 401: 'WRONG_KEY', 403: 'NO_PERMISSION' };

/** Diagnoses that are the credential's own trouble and not Yoti's, the network's or the moment's. */
const blaming = new Set<Diagnosis>([
  'WRONG_KEY',
  'UNUSABLE_PUBLIC_KEY',
  'CLOCK_SKEW',
  'UNKNOWN_APP',
  'NO_PERMISSION',
  'WRONG_APP',
  'UNREADABLE_KEY',
  'ADDRESS_NOT_ALLOWED',
]);

/** Whether calls with the credential fail until somebody mends it. */
export const blamesCredential = (diagnosis: Diagnosis): boolean => blaming.has(diagnosis);

/** What a refused call says about its credential; null for everything that is not the credential's trouble. */
export function diagnosisOfRefusal(error: unknown): ProbeCode | null {
  if (!(error instanceof YotiError) || error.code !== 'YOTI_REFUSED') return null;
  const diagnosis = diagnoses[error.yotiCode ?? ''];
  if (diagnosis !== undefined) return blamesCredential(diagnosis) ? diagnosis : null;
  return (error.yotiCode !== null && unauthorised[error.status ?? 0]) || null;
}

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
  return code === undefined ? 'NOT_YOTI' : (unauthorised[status] ?? 'REFUSED');
}

function resultOf(diagnosis: ProbeCode, clockSkewSeconds: number | null): ProbeResult {
  return { ok: diagnosis === 'OK', diagnosis, message: words[diagnosis].message, clockSkewSeconds };
}

/** Yoti takes lifetimes above 300 s only; an unused session costs nothing and is deleted at once. */
const PROBE_TTL_SECONDS = 600;

/** The least that Yoti makes a session for: one check, nobody to notify, no person (Yoti: create a session). */
export function probeSpecification(): SessionSpecification {
  return new yoti.SessionSpecificationBuilder()
    .withClientSessionTokenTtl(PROBE_TTL_SECONDS)
    .withUserTrackingId('credential-check')
    .withRequestedCheck(new yoti.RequestedDocumentAuthenticityCheckBuilder().build())
    .build();
}
