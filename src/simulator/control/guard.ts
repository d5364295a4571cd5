import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isIPv4 } from 'node:net';
import { ServiceError } from '../errors.js';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

/** What a browser says about where a request comes from. */
export interface RequestSource {
  method: string;
  host: string | undefined;
  origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  site: string | undefined;
}

/** The host name of a `Host` header, without port and brackets; undefined for none. */
export function hostName(header: string | undefined): string | undefined {
  if (!header || !URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/^\[|\]$/g, '').toLowerCase();
}

const isLoopback = (name: string) =>
  name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));

/**
 * Why a request may not reach the control paths; undefined when it may. They have no log-in, so a page on the web must
 * not get there through the developer's browser: neither by a name of its own that it points to this machine (DNS
 * rebinding, seen in `Host`), nor by a request across sites (seen in `Origin` and `Sec-Fetch-Site`; programs send none).
 *
 * @param hosts names besides the loopback's by which the simulator may be addressed
 */
export function refusalOf(
  { method, host, origin, site }: RequestSource,
  hosts: readonly string[],
): ServiceError | undefined {
  const name = hostName(host);
  if (name === undefined || !(isLoopback(name) || hosts.includes(name))) {
    return new ServiceError(403, 'FORBIDDEN_HOST', 'The control paths are not served under this host name');
  }
  if (SAFE_METHODS.has(method)) return undefined;
  const foreign = origin !== undefined && origin !== `http://${host}`;
  const crossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (!foreign && !crossSite) return undefined;
  return new ServiceError(403, 'FORBIDDEN_ORIGIN', 'Another site may not change the simulator');
}

const sourceOf = ({ method, headers }: FastifyRequest): RequestSource => ({
  method,
  host: headers.host,
  origin: headers.origin,
  site: headers['sec-fetch-site'],
});

/** Guards every route of the app, and keeps answers out of other sites' reach and of caches. */
export function guardControl(app: FastifyInstance, hosts: readonly string[]): void {
  const names = hosts.map((host) => host.toLowerCase());
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    const refusal = refusalOf(sourceOf(request), names);
    if (refusal) throw refusal;
  });
}
