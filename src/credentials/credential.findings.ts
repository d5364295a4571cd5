import { blamesCredential, type Diagnosis, wordsOf } from '../yoti/probe.js';

/** What a check looks at, in the order in which it is shown. */
export const findingCodes = [
  'key_readable',
  'api_reached',
  'clock_right',
  'app_found',
  'signature_accepted',
  'permission_granted',
  'session_creation_allowed',
  'notification_address_reachable',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** One point of a check. */
export interface Finding {
  code: FindingCode;
  /** Null: could not be found out. */
  ok: boolean | null;
  message: string;
  /** What to do about it; null where there is nothing to do. */
  fix: string | null;
}

/** What came of the attempt to make a session; `code` is Yoti's. */
export type CreationAttempt = { made: true } | { made: false; diagnosis: Diagnosis; code: string };

type Known = Partial<Record<'api_reached' | 'app_found' | 'signature_accepted', boolean>>;

/**
 * What the diagnosis of a probe tells about its points. Yoti doesn't document in which order it looks at application,
 * permission and signature, so what it didn't complain of counts as known only where it can't be otherwise.
 */
const known: Record<Diagnosis, Known> = {
  OK: { api_reached: true, app_found: true, signature_accepted: true },
  WRONG_KEY: { api_reached: true, app_found: true, signature_accepted: false },
  UNUSABLE_PUBLIC_KEY: { api_reached: true, app_found: true, signature_accepted: false },
  CLOCK_SKEW: { api_reached: true, app_found: true, signature_accepted: false },
  UNKNOWN_APP: { api_reached: true, app_found: false },
  NO_PERMISSION: { api_reached: true, app_found: true },
  WRONG_APP: { api_reached: true, app_found: false },
  UNREADABLE_KEY: {},
  ADDRESS_NOT_ALLOWED: {},
  REFUSED: { api_reached: true },
  UNREACHABLE: { api_reached: false },
  TIMEOUT: { api_reached: false },
  BUSY: {},
  NOT_YOTI: { api_reached: false },
};

/** Skew above which the clock is a finding although Yoti still accepts signatures; `Date` has whole seconds only. */
const TOLERATED_SKEW_SECONDS = 10;

const good: Record<keyof Known, string> = {
  api_reached: "Yoti's API answers at the address.",
  app_found: 'Yoti knows the application.',
  signature_accepted: 'Yoti accepts the signature: the key belongs to the application.',
};

const unknown: Record<keyof Known, string> = {
  api_reached: "Whether Yoti's API answers was not found out.",
  app_found: 'Whether Yoti knows the application was not found out.',
  signature_accepted: 'Whether Yoti accepts the signature was not found out.',
};

/**
 * Everything that was learnt about a credential at Yoti, point by point.
 *
 * @param diagnosis of the probe, which only reads
 * @param creation null when it was not tried
 */
export function findingsOf(
  diagnosis: Diagnosis,
  clockSkewSeconds: number | null,
  creation: CreationAttempt | null,
): Finding[] {
  const point = (code: keyof Known): Finding => {
    const ok = known[diagnosis][code] ?? null;
    if (ok === false) return failed(code, diagnosis);
    return { code, ok, message: (ok ? good : unknown)[code], fix: null };
  };
  return [
    keyFinding(diagnosis),
    diagnosis === 'ADDRESS_NOT_ALLOWED' ? failed('api_reached', diagnosis) : point('api_reached'),
    clockFinding(clockSkewSeconds),
    point('app_found'),
    point('signature_accepted'),
    permissionFinding(diagnosis, creation),
    creationFinding(creation),
  ];
}

/**
 * What the check comes to: what the probe found, or why no session could be made. A session refused for another reason
 * than the credential says nothing about the sessions of policies.
 */
export function overallOf(diagnosis: Diagnosis, creation: CreationAttempt | null): Diagnosis {
  if (diagnosis !== 'OK' || creation === null || creation.made) return diagnosis;
  return creation.diagnosis === 'REFUSED' ? 'OK' : creation.diagnosis;
}

const failed = (code: FindingCode, diagnosis: Diagnosis): Finding => ({
  code,
  ok: false,
  ...wordsOf(diagnosis),
});

function keyFinding(diagnosis: Diagnosis): Finding {
  const code = 'key_readable';
  if (diagnosis === 'UNREADABLE_KEY') return failed(code, diagnosis);
  return { code, ok: true, message: 'The stored key opens and is an RSA private key.', fix: null };
}

function clockFinding(skew: number | null): Finding {
  const code = 'clock_right';
  if (skew === null) return { code, ok: null, message: "Yoti's time is not known.", fix: null };
  if (Math.abs(skew) <= TOLERATED_SKEW_SECONDS) {
    return { code, ok: true, message: "This server's clock agrees with Yoti's.", fix: null };
  }
  const message = `This server's clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} Yoti's.`;
  return { code, ok: false, message, fix: wordsOf('CLOCK_SKEW').fix };
}

/** Reading needs no permission by Yoti's documentation, so that only making a session proves it. */
function permissionFinding(diagnosis: Diagnosis, creation: CreationAttempt | null): Finding {
  const code = 'permission_granted';
  const refused =
    diagnosis === 'NO_PERMISSION' || (creation?.made === false && creation.diagnosis === 'NO_PERMISSION');
  if (refused) return failed(code, 'NO_PERMISSION');
  if (creation?.made) {
    return { code, ok: true, message: 'The application may use identity verification.', fix: null };
  }
  const message = 'Whether the application may use identity verification shows when a session is made.';
  return { code, ok: null, message, fix: null };
}

function creationFinding(creation: CreationAttempt | null): Finding {
  const code = 'session_creation_allowed';
  if (creation === null) {
    return { code, ok: null, message: 'Whether sessions can be made was not tried.', fix: null };
  }
  if (creation.made) {
    const message = 'Yoti made a session, which nobody opened and which was deleted at once.';
    return { code, ok: true, message, fix: null };
  }
  if (blamesCredential(creation.diagnosis)) {
    const { fix } = wordsOf(creation.diagnosis);
    return { code, ok: false, message: `Yoti refused to make a session: ${creation.code}.`, fix };
  }
  const message = `Yoti did not make the session of the check (${creation.code}), which says nothing about others.`;
  return { code, ok: null, message, fix: null };
}
