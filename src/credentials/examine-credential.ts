import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError } from '../http/api-error.js';
import {
  type Diagnosis,
  diagnoseFailure,
  diagnosisOfRefusal,
  type ProbeResult,
  probeSpecification,
  wordsOf,
} from '../yoti/probe.js';
import type { YotiConnection } from '../yoti/transport.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { YotiError } from '../yoti/yoti-error.js';
import type { Credential, StoredCheck } from './credential.entity.js';
import { type CreationAttempt, findingsOf, overallOf } from './credential.findings.js';
import { Credentials, UnreadableKey } from './credentials.service.js';
import { NotificationAddress } from './notification-address.js';

/** What was found, and when. */
export type Examination = Required<StoredCheck>;

/** How far an examination goes: `full` also makes a session at Yoti, and deletes it. */
export type Depth = Examination['depth'];

type Probed = Pick<ProbeResult, 'clockSkewSeconds'> & { diagnosis: Diagnosis };

/** Notifications looked through for the last one of a credential. */
const RECENT_NOTIFICATIONS = 1000;

/** Finds out what is right and wrong with a credential. Calls Yoti: never to be used within a transaction. */
@Injectable()
export class ExamineCredential {
  constructor(
    private readonly db: TenantDb,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
    private readonly address: NotificationAddress,
  ) {}

  /** A credential that doesn't work is a finding, not an error. */
  async examine(credential: Credential, depth: Depth): Promise<Examination> {
    const { tenantId, id, environment } = credential;
    const heardAt = await this.db.run(tenantId, (em) => lastNotification(em, tenantId, id));
    const [{ probed, creation }, notifications] = await Promise.all([
      this.askYoti(credential, depth),
      this.address.examine(environment, heardAt),
    ]);
    const { clockSkewSeconds } = probed;
    const diagnosis = overallOf(probed.diagnosis, creation);
    return {
      ok: diagnosis === 'OK',
      diagnosis,
      message: wordsOf(diagnosis).message,
      clockSkewSeconds,
      at: new Date().toISOString(),
      depth,
      findings: [...findingsOf(probed.diagnosis, clockSkewSeconds, creation), notifications],
    };
  }

  private async askYoti(
    credential: Credential,
    depth: Depth,
  ): Promise<{ probed: Probed; creation: CreationAttempt | null }> {
    const connection = this.open(credential);
    if (typeof connection === 'string') {
      return { probed: { diagnosis: connection, clockSkewSeconds: null }, creation: null };
    }
    const probed = await this.yoti.probe(connection);
    const creation = probed.ok && depth === 'full' ? await this.tryCreation(connection) : null;
    return { probed, creation };
  }

  private open(credential: Credential): YotiConnection | Diagnosis {
    try {
      return this.credentials.openConnection(credential);
    } catch (error) {
      if (error instanceof UnreadableKey) return 'UNREADABLE_KEY';
      if (error instanceof ApiError && error.code === 'credential_invalid') return 'ADDRESS_NOT_ALLOWED';
      throw error;
    }
  }

  /** Nobody gets the session's token, and Yoti is told to delete it; a session that stays runs out by itself. */
  private async tryCreation(connection: YotiConnection): Promise<CreationAttempt> {
    try {
      const { yotiSessionId } = await this.yoti.createSession(connection, probeSpecification());
      await this.yoti.deleteSession(connection, yotiSessionId).catch(() => undefined);
      return { made: true };
    } catch (error) {
      const { diagnosis } = diagnoseFailure(error);
      const { code, yotiCode } = error as YotiError;
      return { made: false, diagnosis: diagnosisOfRefusal(error) ?? diagnosis, code: yotiCode ?? code };
    }
  }
}

/** When Yoti's last notification about a session of the credential came, if it was among the tenant's latest. */
async function lastNotification(em: EntityManager, tenantId: string, id: string): Promise<Date | null> {
  const [last] = await em.query<{ receivedAt: Date }[]>(
    `SELECT n.received_at AS "receivedAt"
       FROM (SELECT session_id, received_at FROM notifications WHERE tenant_id = $1
              ORDER BY id DESC LIMIT ${RECENT_NOTIFICATIONS}) n
       JOIN sessions s ON s.tenant_id = $1 AND s.id = n.session_id
      WHERE s.credential_id = $2
      ORDER BY n.received_at DESC LIMIT 1`,
    [tenantId, id],
  );
  return last?.receivedAt ?? null;
}
