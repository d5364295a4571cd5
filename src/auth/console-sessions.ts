import { Inject, Injectable } from '@nestjs/common';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../config.js';
import { hashToken, randomToken } from '../crypto/tokens.js';
import { TenantDb } from '../database/tenant-db.js';
import { laneOf } from '../http/caller.js';
import type { Role } from './scopes.js';

const LIFETIME = '8 hours';
const IDLE = '30 minutes';
const TOUCH_AFTER_MS = 60_000;

/** The person behind a console session. */
export interface ConsoleUser {
  id: string;
  email: string;
  name: string;
  operator: boolean;
  memberships: { tenantId: string; slug: string; name: string; status: string; role: Role }[];
}

interface SessionRow {
  user_id: string;
  email: string;
  name: string;
  operator: boolean;
  seen_at: Date;
  memberships: ConsoleUser['memberships'];
}

/**
 * Log-in sessions of the console. The cookie holds a random token, the database its hash, so that a session can be
 * ended at once and a leaked table opens nothing.
 */
@Injectable()
export class ConsoleSessions {
  /** The prefix makes browsers refuse a cookie that isn't Secure or comes from another host or path. */
  static readonly COOKIE = '__Host-countersign';

  constructor(
    private readonly db: TenantDb,
    @Inject(CONFIG) readonly config: Config,
  ) {}

  /** Opens a session and sets its cookie. @returns its token */
  async open(userId: string, request: FastifyRequest, reply: FastifyReply): Promise<string> {
    const token = randomToken(32);
    const [row] = await this.db.lookUp<{ expires_at: Date }>(
      `SELECT open_user_session($1, $2, interval '${LIFETIME}') AS expires_at`,
      [userId, hashToken(token)],
      laneOf(request),
    );
    void reply.setCookie(ConsoleSessions.COOKIE, token, { ...cookieOptions, expires: row?.expires_at });
    return token;
  }

  /** The person of the request's cookie, or null. */
  async find(request: FastifyRequest): Promise<ConsoleUser | null> {
    const token = request.cookies[ConsoleSessions.COOKIE];
    return token ? this.byToken(token, request) : null;
  }

  /** The person of a session token, or null when it is unknown, ended or idle for too long. */
  async byToken(token: string, request: FastifyRequest): Promise<ConsoleUser | null> {
    const [hash, lane] = [hashToken(token), laneOf(request)];
    const [row] = await this.db.lookUp<SessionRow>(
      `SELECT * FROM find_user_session($1, interval '${IDLE}')`,
      [hash],
      lane,
    );
    if (!row) return null;
    if (Date.now() - row.seen_at.getTime() > TOUCH_AFTER_MS) {
      await this.db.lookUp('SELECT touch_user_session($1)', [hash], lane);
    }
    const { user_id: id, email, name, operator, memberships } = row;
    return { id, email, name, operator, memberships };
  }

  /** Stores the new hash and ends the person's other sessions. */
  async changePassword(userId: string, passwordHash: string, request: FastifyRequest): Promise<void> {
    const kept = hashToken(request.cookies[ConsoleSessions.COOKIE] ?? '');
    const change = 'SELECT change_password($1, $2, $3)';
    await this.db.lookUp(change, [userId, passwordHash, kept], laneOf(request));
  }

  async close(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const token = request.cookies[ConsoleSessions.COOKIE];
    if (token) await this.db.lookUp('SELECT close_user_session($1)', [hashToken(token)], laneOf(request));
    void reply.clearCookie(ConsoleSessions.COOKIE, cookieOptions);
  }
}

const cookieOptions: CookieSerializeOptions = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' };
