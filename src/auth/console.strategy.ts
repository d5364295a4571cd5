import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-custom';
import { CONFIG, type Config } from '../config.js';
import { ApiError } from '../http/api-error.js';
import type { Principal } from '../http/caller.js';
import { ConsoleSessions, type ConsoleUser } from './console-sessions.js';
import { operatorScopes, roles, type Scope } from './scopes.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The console's session cookie: a person, acting in the tenant that `Countersign-Tenant` names. */
@Injectable()
export class ConsoleStrategy extends PassportStrategy(Strategy, 'console') {
  constructor(
    private readonly sessions: ConsoleSessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  /** @throws ApiError cross_site_request, forbidden */
  async validate(request: FastifyRequest): Promise<Principal | null> {
    const user = await this.sessions.find(request);
    if (!user) return null;
    if (!SAFE_METHODS.has(request.method)) refuseOtherSites(request, this.config.publicUrl);
    return principalOf(user, request.headers['countersign-tenant']);
  }
}

/** A browser says where a request comes from; a cookie alone doesn't prove that our own pages sent it. */
export function refuseOtherSites(request: FastifyRequest, publicUrl: string): void {
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  const foreignOrigin =
    origin !== undefined && origin !== new URL(publicUrl).origin && origin !== ownOrigin(request);
  if (foreignSite || foreignOrigin) throw new ApiError('cross_site_request');
}

const ownOrigin = (request: FastifyRequest): string => `${request.protocol}://${request.host}`;

/**
 * Who acts in which tenant: the named one, else the only one that isn't suspended. A suspended tenant costs people their
 * rights there and nothing else: whoever may resume it isn't kept from that, and everybody keeps what is about themselves.
 *
 * @throws ApiError forbidden for a tenant that isn't theirs
 */
function principalOf(user: ConsoleUser, named: string | string[] | undefined): Principal {
  const meant =
    named === undefined
      ? user.memberships
      : user.memberships.filter(({ tenantId, slug }) => tenantId === named || slug === named);
  if (named !== undefined && meant.length === 0)
    throw new ApiError('forbidden', 'You are not a member of this tenant.');
  const active = meant.filter(({ status }) => status === 'active');
  const membership = active.length === 1 ? active[0] : undefined;
  const granted: readonly Scope[] = membership ? roles[membership.role] : [];
  return {
    type: 'user',
    id: user.id,
    tenantId: membership?.tenantId ?? null,
    scopes: new Set([...granted, ...(user.operator ? operatorScopes : [])]),
    operator: user.operator,
    isSuspended: meant.length > 0 && active.length === 0,
  };
}
