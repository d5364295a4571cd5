import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from '../http/api-error.js';
import { laneOf } from '../http/caller.js';
import type { changePasswordSchema, loginSchema } from './auth.schemas.js';
import { ConsoleSessions, type ConsoleUser } from './console-sessions.js';
import { refuseOtherSites } from './console.strategy.js';
import { hashPassword, verifyPassword } from './passwords.js';
import { roles } from './scopes.js';

interface LoginRow {
  id: string;
  password_hash: string;
  blocked: boolean;
}

/** Log-in with e-mail and password. */
@Injectable()
export class AuthService {
  constructor(
    private readonly db: TenantDb,
    private readonly sessions: ConsoleSessions,
  ) {}

  /**
   * A blocked account answers as a wrong password does, after the same work, so that nobody learns which accounts there
   * are.
   *
   * @throws ApiError login_failed whatever was wrong
   */
  async logIn(login: z.infer<typeof loginSchema>, request: FastifyRequest, reply: FastifyReply) {
    refuseOtherSites(request, this.sessions.config.publicUrl);
    const userId = await this.checkPassword(login.email, login.password, request);
    const token = await this.sessions.open(userId, request, reply);
    return toMe(await this.sessions.byToken(token, request));
  }

  async logOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    refuseOtherSites(request, this.sessions.config.publicUrl);
    await this.sessions.close(request, reply);
  }

  /** @throws ApiError login_failed for a wrong current password; unauthenticated for an API key */
  async changePassword(
    { currentPassword, newPassword }: z.infer<typeof changePasswordSchema>,
    request: FastifyRequest,
  ): Promise<void> {
    const user = await this.sessions.find(request);
    if (!user) throw new ApiError('unauthenticated', 'Only people have a password.');
    // Made first, so that nothing comes between the check and what ends its count.
    const passwordHash = await hashPassword(newPassword);
    const userId = await this.checkPassword(user.email, currentPassword, request);
    await this.sessions.changePassword(userId, passwordHash, request);
  }

  /** @throws ApiError unauthenticated for an API key, which is nobody */
  async me(request: FastifyRequest) {
    const user = await this.sessions.find(request);
    if (!user) throw new ApiError('unauthenticated', 'Only people have a profile; an API key has none.');
    return toMe(user);
  }

  /** @returns the person's id. @throws ApiError login_failed whatever was wrong */
  private async checkPassword(email: string, password: string, request: FastifyRequest): Promise<string> {
    const lane = laneOf(request);
    const [row] = await this.db.lookUp<LoginRow>('SELECT * FROM find_login($1)', [email], lane);
    const matches = await verifyPassword(row?.password_hash ?? null, password, () => this.mayTry(row, lane));
    if (!row || !matches) {
      throw new ApiError(
        'login_failed',
        'After five wrong passwords an account waits a minute, then longer.',
      );
    }
    return row.id;
  }

  /** Counts the try before it is known to be a failure: of many at once, those after the fifth find it blocked. */
  private async mayTry(row: LoginRow | undefined, lane: string): Promise<boolean> {
    if (!row || row.blocked) return false;
    const count = 'SELECT count_log_in_try($1) AS counted';
    const [answer] = await this.db.lookUp<{ counted: boolean }>(count, [row.id], lane);
    return answer?.counted === true;
  }
}

function toMe(user: ConsoleUser | null) {
  if (!user) throw new ApiError('unauthenticated');
  return {
    id: user.id,
    email: user.email,
    name: user.name,
    operator: user.operator,
    memberships: user.memberships
      .filter(({ status }) => status === 'active')
      .map(({ tenantId, slug, name, role }) => ({ tenantId, slug, name, role, scopes: [...roles[role]] })),
  };
}
