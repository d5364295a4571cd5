import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { malformedRequest, notFound, ServiceError, unauthorised } from './errors.js';

/** A relying business's application as the service knows it. */
export interface SimulatorApp {
  /** Client SDK id. */
  sdkId: string;
  /** PEM of the RSA public key (SPKI or PKCS#1). An unusable one is kept and answered with `BAD_PUBLIC_KEY`. */
  publicKeyPem: string;
  /** A disabled application is refused with `INSUFFICIENT_PERMISSION`. Default true. */
  enabled?: boolean;
}

/** What the signature covers. */
export interface SignedRequest {
  method: string;
  /** Raw request target after the base path, exactly as received: never decoded or reordered. */
  target: string;
  /** Raw body bytes; undefined when there is none. */
  body?: Buffer;
  /** `X-Yoti-Auth-Digest`. */
  digest?: string;
}

/** How far a timestamp may be off, and how long a nonce is remembered. */
const WINDOW_MS = 5 * 60_000;

/** The bytes that are signed: `METHOD&target[&base64(body)]`. */
export function signedMessage({ method, target, body }: SignedRequest): string {
  const head = `${method.toUpperCase()}&${target}`;
  return body?.length ? `${head}&${body.toString('base64')}` : head;
}

const keys = new Map<string, KeyObject>();

function publicKeyOf(app: SimulatorApp): KeyObject {
  const known = keys.get(app.publicKeyPem);
  if (known) return known;
  try {
    const key = createPublicKey(app.publicKeyPem);
    keys.set(app.publicKeyPem, key);
    return key;
  } catch {
    throw unauthorised('BAD_PUBLIC_KEY', 'The public key of the application cannot be used');
  }
}

function matches(app: SimulatorApp, request: SignedRequest): boolean {
  const signature = Buffer.from(request.digest ?? '', 'base64');
  return verify('RSA-SHA256', Buffer.from(signedMessage(request)), publicKeyOf(app), signature);
}

const badSignature = () =>
  unauthorised('MESSAGE_SIGNING', 'There was a problem verifying the message signature');

/** The digest header, or 400 `MALFORMED_REQUEST` naming it. */
export function requireDigest(digest: string | undefined): void {
  if (!digest) throw malformedRequest('header.X-Yoti-Auth-Digest', 'must not be null or empty');
}

/**
 * Checks header, application, permission and signature, in that order.
 *
 * @throws ServiceError 400 `MALFORMED_REQUEST`, 404 `APP_NOT_FOUND`, 403 `INSUFFICIENT_PERMISSION`,
 *   401 `BAD_PUBLIC_KEY` or `MESSAGE_SIGNING`
 */
export function verifySignature(request: SignedRequest, app: SimulatorApp | undefined): SimulatorApp {
  requireDigest(request.digest);
  if (!app) throw notFound('APP_NOT_FOUND', 'The application');
  if (app.enabled === false) {
    throw new ServiceError(403, 'INSUFFICIENT_PERMISSION', 'The application may not use this product');
  }
  if (!matches(app, request)) throw badSignature();
  return app;
}

/** For paths without an SDK id: accepts the signature of any usable application. @returns that application */
export function verifyAnySignature(request: SignedRequest, apps: Iterable<SimulatorApp>): SimulatorApp {
  requireDigest(request.digest);
  for (const app of apps) {
    try {
      if (app.enabled !== false && matches(app, request)) return app;
    } catch {
      // An application with an unusable key can't have signed this request; another one may have.
    }
  }
  throw badSignature();
}

/** Milliseconds of a timestamp in seconds (10 digits) or milliseconds (13 digits); the SDKs send either. */
function timestampMs(raw: string | null): number {
  if (!raw || !/^\d{10,13}$/.test(raw)) {
    throw malformedRequest('query.timestamp', 'must be seconds or milliseconds since the epoch');
  }
  return raw.length <= 10 ? Number(raw) * 1000 : Number(raw);
}

/** Refuses stale timestamps and nonces already used by the same application within the window. */
export class ReplayGuard {
  private readonly seen = new Map<string, number>();

  /** @throws ServiceError 400 `MALFORMED_REQUEST` without nonce or timestamp, 401 `MESSAGE_SIGNING` on a replay */
  check(scope: string, query: URLSearchParams, now: number): void {
    const nonce = query.get('nonce');
    if (!nonce) throw malformedRequest('query.nonce', 'must not be null or empty');
    if (Math.abs(now - timestampMs(query.get('timestamp'))) > WINDOW_MS) throw badSignature();
    this.forget(now);
    const key = `${scope} ${nonce}`;
    if (this.seen.has(key)) throw badSignature();
    // A request may be dated up to one window ahead, so its nonce stays usable for two.
    this.seen.set(key, now + 2 * WINDOW_MS);
  }

  private forget(now: number): void {
    for (const [key, until] of this.seen) {
      if (until > now) return;
      this.seen.delete(key);
    }
  }
}
