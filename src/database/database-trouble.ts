/** What is wrong with the database, as metrics and the readiness answer name it. */
export type TroubleKind =
  | 'unreachable'
  | 'refuses'
  | 'restarting'
  | 'overloaded'
  | 'slow'
  | 'conflict'
  | 'read_only'
  | 'full'
  | 'broken'
  | 'unknown_outcome';

/** The database's trouble and not the request's: the caller may send the same request again. */
export interface DatabaseTrouble {
  kind: TroubleKind;
  /** A sentence for the caller, without anything of the request or the installation. */
  detail: string;
  retryAfterSeconds: number;
}

const TROUBLES: Record<TroubleKind, Omit<DatabaseTrouble, 'kind'>> = {
  unreachable: { detail: 'The database can not be reached.', retryAfterSeconds: 2 },
  refuses: { detail: 'The database does not let the server in.', retryAfterSeconds: 10 },
  restarting: { detail: 'The database is being restarted.', retryAfterSeconds: 2 },
  overloaded: { detail: 'The database has more to do than it can.', retryAfterSeconds: 2 },
  slow: { detail: 'The database did not answer in time.', retryAfterSeconds: 2 },
  conflict: { detail: 'The request met another one in the database.', retryAfterSeconds: 1 },
  read_only: { detail: 'The database takes no changes right now.', retryAfterSeconds: 10 },
  full: { detail: 'The database has no room left.', retryAfterSeconds: 30 },
  broken: { detail: 'The database can not read or write its files.', retryAfterSeconds: 30 },
  unknown_outcome: {
    detail:
      'The connection to the database was lost while the change was being stored, so it may have taken effect. ' +
      'Send the request again with the same Idempotency-Key, or look before sending it again.',
    retryAfterSeconds: 2,
  },
};

/** SQLSTATEs ("PostgreSQL Error Codes"), whole or as the start of a class; the first that fits counts. */
const STATES: readonly (readonly [string, TroubleKind])[] = [
  ['08', 'unreachable'],
  ['25006', 'read_only'],
  ['25P03', 'slow'],
  ['25P04', 'slow'],
  ['28', 'refuses'],
  ['3D000', 'refuses'],
  ['40', 'conflict'],
  ['53100', 'full'],
  ['53', 'overloaded'],
  ['55P03', 'slow'],
  ['57014', 'slow'],
  ['57', 'restarting'],
  ['58', 'broken'],
  ['XX001', 'broken'],
  ['XX002', 'broken'],
];

/** Codes of the operating system that a connection ends with. */
const NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENOTFOUND|EAI_AGAIN)/;
/** What `pg`, its pool and TypeORM say of a lost connection, for which they have no codes. */
const LOST =
  /Connection terminated|Query read timeout|not queryable|timeout exceeded when trying to connect|after calling end on the pool|Driver not Connected/;

/** The server's own limits on waiting were reached: nothing was sent to the database. */
export class DatabaseBusy extends Error {
  override name = 'DatabaseBusy';

  /** @param whose the tenant has too much under way at once, or everybody together has */
  constructor(readonly whose: 'tenant' | 'everybody') {
    super(whose === 'tenant' ? 'too much of one tenant is under way' : 'no connection became free in time');
  }
}

/** A connection that went away in the middle of a transaction, which therefore had no effect. */
export class ConnectionLost extends Error {
  override name = 'ConnectionLost';
}

/** The connection went away between COMMIT and its confirmation: nobody here knows whether it took effect. */
export class CommitUnknown extends Error {
  override name = 'CommitUnknown';
}

/** Says what trouble of the database an error means; null when it is none, but the statement's own mistake. */
export function databaseTrouble(error: unknown): DatabaseTrouble | null {
  const kind = kindOf(error);
  return kind && { kind, ...TROUBLES[kind] };
}

/** Whether the error leaves open what became of a COMMIT it was the answer to: the server may have done it before. */
export const leavesCommitOpen = (error: unknown): boolean => {
  const kind = kindOf(error);
  return kind === 'unreachable' || kind === 'restarting';
};

function kindOf(error: unknown): TroubleKind | null {
  if (error instanceof CommitUnknown) return 'unknown_outcome';
  if (error instanceof DatabaseBusy) return 'overloaded';
  if (error instanceof ConnectionLost) return 'unreachable';
  // A name with several addresses fails with the failure of each.
  if (error instanceof AggregateError && error.errors.length > 0) return kindOf(error.errors[0]);
  if (!(error instanceof Error)) return null;
  const { code, driverError } = error as Error & { code?: unknown; driverError?: unknown };
  if (driverError instanceof Error) return kindOf(driverError);
  if (typeof code === 'string') {
    if (NETWORK.test(code)) return 'unreachable';
    const known = STATES.find(([state]) => code.startsWith(state) && /^[0-9A-Z]{5}$/.test(code));
    if (known) return known[1];
  }
  return LOST.test(error.message) ? 'unreachable' : null;
}
