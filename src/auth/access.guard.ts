import {
  Injectable,
  type CanActivate,
  type ExecutionContext,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../http/api-error.js';
import type { Principal } from '../http/caller.js';
import { ACCESS, type Access } from './access.js';
import { operatorScopes } from './scopes.js';

const PATH_METADATA = 'path';

/** The one guard of every route: authenticates through Passport, then asks for the route's scope. Deny by default. */
@Injectable()
export class AccessGuard
  extends AuthGuard(['api-key', 'console'])
  implements CanActivate, OnApplicationBootstrap
{
  constructor(
    private readonly reflector: Reflector,
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (!access) throw new ApiError('internal_error', 'The route declares no permission.');
    if (access === 'public') return true;
    await super.canActivate(context);
    const { user } = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'authenticated' || user?.scopes.has(access)) return true;
    // What is above tenants was never theirs to give.
    if (user?.isSuspended && !operatorScopes.has(access)) throw new ApiError('tenant_suspended');
    throw new ApiError('forbidden', `This needs the permission ${access}.`);
  }

  override handleRequest<User = Principal>(error: Error | null, user: User | false): User {
    if (error) throw error;
    if (!user) throw new ApiError('unauthenticated');
    return user;
  }

  /** A route without a declared permission doesn't start (invariant I8). */
  onApplicationBootstrap(): void {
    for (const { instance, metatype } of this.discovery.getControllers()) {
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      for (const name of this.scanner.getAllMethodNames(prototype)) {
        const handler = prototype[name];
        if (!handler || Reflect.getMetadata(PATH_METADATA, handler) === undefined) continue;
        if (!this.reflector.get(ACCESS, handler as never)) {
          throw new Error(`${metatype?.name}.${name} declares no permission.`);
        }
      }
    }
  }
}
