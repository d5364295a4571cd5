import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Scope } from '../auth/scopes.js';
import { ApiError } from './api-error.js';

/** Who did something, as the audit trail names them. */
export interface Actor {
  type: 'api_key' | 'user' | 'operator' | 'person' | 'yoti' | 'system';
  /** Id of the API key or user; null for the person, Yoti and the system. */
  id: string | null;
  requestId: string | null;
}

/** What the server itself does, such as the work of a worker. */
export const SYSTEM: Actor = { type: 'system', id: null, requestId: null };

/** Whoever is calling, after authentication. */
export interface Principal {
  type: 'api_key' | 'user';
  id: string;
  /** What they may do, in `tenantId` where there is one. */
  scopes: ReadonlySet<Scope>;
  /** Null for a platform operator, and for a person who is in several tenants and named none or is kept out of theirs. */
  tenantId: string | null;
  operator: boolean;
  /** The tenant they would act in is suspended: of its scopes they have none. */
  isSuspended: boolean;
}

/** A principal acting in a tenant. */
export interface Caller {
  tenantId: string;
  scopes: ReadonlySet<Scope>;
  actor: Actor;
}

declare module 'fastify' {
  interface FastifyRequest {
    user?: Principal;
    /** Whose request it is, as far as that is known before authentication; undefined where it isn't counted. */
    loadCaller?: string;
  }
}

/** Whose line a request's look-ups wait in while it isn't known yet whether it may be served. */
export const laneOf = ({ loadCaller, ip }: FastifyRequest): string => loadCaller ?? ip;

/** The caller and the tenant they act in. @throws ApiError tenant_required */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const principal = request.user;
  if (!principal?.tenantId) {
    throw new ApiError('tenant_required', 'Name the tenant with the Countersign-Tenant header.');
  }
  return { tenantId: principal.tenantId, scopes: principal.scopes, actor: actorOf(principal, request.id) };
});

/** The actor of a request that has no tenant, such as an operator's. @throws ApiError unauthenticated */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (!request.user) throw new ApiError('unauthenticated');
  return actorOf(request.user, request.id);
});

function actorOf(principal: Principal, requestId: string): Actor {
  const type =
    principal.type === 'user' && principal.operator && !principal.tenantId ? 'operator' : principal.type;
  return { type, id: principal.id, requestId };
}
