import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import { Events } from '../audit/events.service.js';
import { Credentials } from '../credentials/credentials.service.js';
import { DataKey } from '../crypto/data-key.js';
import { randomToken } from '../crypto/tokens.js';
import { END_SESSION_WORK } from '../database/due-session.js';
import { ApiError } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import type { Claim, IdempotentRequest } from '../http/idempotency.js';
import { openSecrets } from '../secrets/stored-secrets.js';
import { compileSpecification, secretNamesOf } from '../yoti/compile-specification.js';
import type { YotiConnection } from '../yoti/transport.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { reasonOf, YotiError } from '../yoti/yoti-error.js';
import { insertSession, type CreateRequest, type NewSession, type Plan } from './insert-session.js';
import { SessionDeps } from './session-deps.js';
import { clientOf, sessionFacts } from './session.row.js';
import type { sessionSchema } from './session.schemas.js';
import { waitForSync } from './sync.schedule.js';

type Session = z.infer<typeof sessionSchema>;

interface Prepared extends NewSession {
  plan: Plan;
  connection: YotiConnection;
  /** Values of the tenant's secrets that the policy names. */
  secrets: Readonly<Record<string, string>>;
  claim: Claim | null;
  createdAt: Date;
}

/**
 * Creates a session: one transaction that records the intention, the call of Yoti outside of any transaction, and one
 * that records the outcome. A crash in between leaves `creating`, which the sweep ends as failed; Yoti's orphan expires.
 */
@Injectable()
export class CreateSession {
  constructor(
    private readonly deps: SessionDeps,
    private readonly events: Events,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
  ) {}

  /**
   * @throws ApiError not_found, policy_not_published, no_active_credential, environment_required, credential_invalid,
   *   credential_suspect and the idempotency errors; YotiError, also while creations by the credential are paused: then
   *   nothing is stored
   */
  async run(caller: Caller, request: CreateRequest, idempotent: IdempotentRequest | null): Promise<Session> {
    const first = await this.prepare(caller, request, idempotent);
    if ('replay' in first) return first.replay;
    try {
      const created = await this.callYoti(request, first);
      return await this.record(caller, request, first, created);
    } catch (error) {
      await this.recordFailure(caller, request, first, error);
      await this.credentials.noteFailure(caller.tenantId, first.plan.id, error);
      throw error;
    }
  }

  private async prepare(
    caller: Caller,
    request: CreateRequest,
    idempotent: IdempotentRequest | null,
  ): Promise<Prepared | { replay: Session }> {
    const { tenantId } = caller;
    const id = uuidv7();
    const { dataKey, wrapped } = DataKey.create(this.deps.ring, tenantId, id);
    const prepared = {
      id,
      dataKey,
      wrappedKey: wrapped,
      link: randomToken(16),
      notificationPath: randomToken(16),
      notificationToken: randomToken(32),
    };
    return this.deps.db.run(tenantId, async (em) => {
      const claim = idempotent && (await this.deps.idempotency.claim(em, tenantId, idempotent));
      if (claim && 'replay' in claim) return { replay: claim.replay as Session };
      const inserted = await insertSession(em, tenantId, request, prepared);
      const secrets = await this.secretsOf(em, inserted.plan);
      const connection = this.credentials.toConnection(inserted.plan);
      // Thrown in the transaction, so that an outage doesn't fill the tables with sessions that never were.
      this.yoti.checkOpen(connection, 'create');
      return { ...prepared, ...inserted, connection, secrets, claim };
    });
  }

  /** The values of the secrets that the plan names; no statement when it names none. */
  private async secretsOf(em: EntityManager, { tenantId, document }: Plan): Promise<Record<string, string>> {
    const names = secretNamesOf(document);
    return names.length === 0 ? {} : openSecrets(em, this.deps.ring, tenantId, names);
  }

  private async callYoti(request: CreateRequest, { plan, connection, secrets, ...prepared }: Prepared) {
    const specification = compileSpecification(plan.document, {
      userTrackingId: prepared.id,
      notifications: {
        endpoint: `${this.deps.config.publicUrl}/hooks/yoti/${prepared.notificationPath}`,
        authToken: prepared.notificationToken,
      },
      locale: request.locale,
      presetCountry: request.presetCountry,
      subjectId: request.subject?.subjectId,
      secrets,
    });
    return this.yoti.createSession(connection, specification);
  }

  private async record(
    caller: Caller,
    request: CreateRequest,
    prepared: Prepared,
    created: { yotiSessionId: string; clientSessionToken: string; tokenTtlSeconds: number },
  ): Promise<Session> {
    const { tenantId } = caller;
    const { plan, id, dataKey, claim } = prepared;
    const expiresAt = new Date(Date.now() + created.tokenTtlSeconds * 1000);
    const state = { status: 'ongoing', progress: 'not_started' } as const;
    const wait = waitForSync(state, { now: 0, since: 0, expiresAt: created.tokenTtlSeconds * 1000 });
    const session = toSession(caller, request, prepared, created, expiresAt, this.deps.config.publicUrl);
    const publication = {
      actor: caller.actor,
      object: { type: 'session' as const, id, sessionId: id },
      data: sessionFacts({ ...session, ...factsOfPlan(plan) }, 1),
    };
    const owed = await this.deps.db.run(tenantId, async (em) => {
      const [[, changed], owes] = await Promise.all([
        em.query<[unknown[], number]>(
          `UPDATE sessions SET status = 'ongoing', yoti_session_id = $3, client_token = $4, client_expires_at = $5,
                  next_sync_at = now() + make_interval(secs => $6), sequence = 1, updated_at = $7
            WHERE tenant_id = $1 AND id = $2 AND status = 'creating'`,
          [
            tenantId,
            id,
            created.yotiSessionId,
            dataKey.seal(created.clientSessionToken, 'client_token'),
            expiresAt,
            wait === null ? null : wait / 1000,
            session.updatedAt,
          ],
        ),
        this.events.publish(em, tenantId, 'session.created', publication),
        claim && this.deps.idempotency.finish(em, claim, session),
      ]);
      if (changed !== 1)
        throw new ApiError('unavailable', 'The creation took too long and was given up.', {
          retryAfterSeconds: 1,
        });
      return owes;
    });
    if (owed) this.deps.wakeUp.wake('deliveries');
    return session;
  }

  /** What Yoti refused stays visible as a failed session; the idempotency key is free for another try. */
  private async recordFailure(
    caller: Caller,
    request: CreateRequest,
    prepared: Prepared,
    error: unknown,
  ): Promise<void> {
    const { tenantId } = caller;
    const { id, plan, claim } = prepared;
    const code = error instanceof YotiError ? reasonOf(error) : 'creation_failed';
    const owed = await this.deps.db
      .run(tenantId, async (em) => {
        if (claim) await this.deps.idempotency.release(em, claim);
        const [, changed] = await em.query<[unknown[], number]>(
          `UPDATE sessions SET status = 'failed', failure_code = $3, ${END_SESSION_WORK}, sequence = 1,
                  updated_at = now(), closed_at = now()
            WHERE tenant_id = $1 AND id = $2 AND status = 'creating'`,
          [tenantId, id, code],
        );
        if (changed !== 1) return false;
        const row = { id, reference: request.reference ?? null, ...factsOfPlan(plan) };
        const facts = sessionFacts({ ...row, status: 'failed', outcome: null, progress: 'not_started' }, 1);
        return this.events.publish(em, tenantId, 'session.failed', {
          actor: caller.actor,
          object: { type: 'session', id, sessionId: id },
          data: facts,
        });
      })
      // The caller hears of the first failure; the sweep ends the session if this one is a failure too.
      .catch(() => false);
    if (owed) this.deps.wakeUp.wake('deliveries');
  }
}

const factsOfPlan = (plan: Plan) => ({
  policyId: plan.policyId,
  policySlug: plan.slug,
  policyVersion: plan.version,
});

function toSession(
  caller: Caller,
  request: CreateRequest,
  { plan, id, link, createdAt }: Prepared,
  created: { yotiSessionId: string; clientSessionToken: string },
  expiresAt: Date,
  publicUrl: string,
): Session {
  const { yotiSessionId, clientSessionToken: token } = created;
  return {
    id,
    reference: request.reference ?? null,
    status: 'ongoing',
    outcome: null,
    progress: 'not_started',
    policy: { id: plan.policyId, slug: plan.slug, name: plan.name, version: plan.version },
    environment: plan.environment,
    decision: null,
    failureCode: null,
    reviewId: null,
    lastClientEvent: null,
    metadata: request.metadata ?? {},
    locale: request.locale ?? null,
    createdAt: createdAt.toISOString(),
    updatedAt: new Date().toISOString(),
    expiresAt: expiresAt.toISOString(),
    submittedAt: null,
    closedAt: null,
    syncedAt: null,
    syncError: null,
    parkedReason: null,
    client: caller.scopes.has('sessions:write')
      ? clientOf({ publicUrl, apiUrl: plan.apiUrl, link, yotiSessionId, token, expiresAt })
      : null,
  };
}
