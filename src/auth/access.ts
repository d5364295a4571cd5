import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { Scope } from './scopes.js';

/** Metadata key of a route's access rule. */
export const ACCESS = 'countersign:access';

/** What a route asks of its caller: a scope, a log-in of any kind, or nothing. */
export type Access = Scope | 'authenticated' | 'public';

/** Names of the security schemes in the API document. */
export const API_KEY_SCHEME = 'apiKey';
export const CONSOLE_SCHEME = 'consoleSession';

/** The caller needs this scope. Enforces it and documents it. */
export const Requires = (scope: Scope): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, scope), documented(scope));

/** Any caller with valid credentials. */
export const Authenticated = (): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, 'authenticated'), documented('authenticated'));

/** No credentials are needed. Every use is listed in a test. */
export const Public = (): MethodDecorator =>
  applyDecorators(SetMetadata(ACCESS, 'public'), ApiExtension('x-permission', 'public'));

const documented = (permission: string) =>
  applyDecorators(
    ApiSecurity(API_KEY_SCHEME),
    ApiSecurity(CONSOLE_SCHEME),
    ApiExtension('x-permission', permission),
  );
