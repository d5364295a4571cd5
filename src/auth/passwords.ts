import { hash, verify } from '@node-rs/argon2';
import { ApiError } from '../http/api-error.js';

/** OWASP ASVS 5, appendix C: argon2id with one pass needs at least 46 MiB. */
const PARAMETERS = { memoryCost: 47_104, timeCost: 1, parallelism: 1 };

/** Hashing runs on libuv's four threads; more at once would starve file and DNS work. */
const MAX_CONCURRENT = 4;

let running = 0;
let decoy: Promise<string> | undefined;

export const hashPassword = (password: string): Promise<string> => limited(() => hash(password, PARAMETERS));

/**
 * Whether the password matches. Without a stored hash it does the same work, so that the time doesn't tell whether
 * there is such an account.
 *
 * @param meanwhile a further condition that is asked for while the password is being checked, so that it costs no time
 *   of its own; not asked for when too many are
 * @throws ApiError rate_limited when too many are being checked at once; whatever `meanwhile` throws
 */
export async function verifyPassword(
  stored: string | null,
  password: string,
  meanwhile: () => Promise<boolean>,
): Promise<boolean> {
  decoy ??= hash('decoy', PARAMETERS);
  const against = stored ?? (await decoy);
  let allowed = Promise.resolve(false);
  const matches = await limited(() => {
    allowed = meanwhile();
    // It may fail before it is waited for.
    allowed.catch(() => undefined);
    return verify(against, password);
  });
  return (await allowed) && matches && stored !== null;
}

async function limited<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_CONCURRENT) {
    throw new ApiError('rate_limited', 'Too many log-ins at once.', { retryAfterSeconds: 1 });
  }
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
  }
}
