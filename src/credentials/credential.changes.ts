import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../audit/event-types.js';
import { Events } from '../audit/events.service.js';
import { MAKE_SESSION_DUE } from '../database/due-session.js';
import { TenantDb } from '../database/tenant-db.js';
import { WakeUp } from '../database/wake-up.js';
import type { Actor } from '../http/caller.js';
import { blamesCredential, type Diagnosis } from '../yoti/probe.js';
import type { Credential } from './credential.entity.js';
import { nextLook, verdictOn } from './credential.states.js';
import type { Examination } from './examine-credential.js';

/** Looks in a row that are counted: enough for the longest wait, and far below what the worker gives up. */
const MOST_COUNTED_LOOKS = 10;
/** Sessions that are made due in one transaction. */
const RESUMED_AT_ONCE = 1000;

type CredentialEventName = Extract<EventName, `credential.${string}`>;

/** What an examination came to. */
interface Recorded {
  /** Whether the credential is suspect now. */
  suspect: boolean;
  /** Whether it has just become sound: after the commit, `resume` what waited for it. */
  recovered: boolean;
  /** Whether a delivery is owed. */
  owed: boolean;
}

/** Stores what happens to a credential whose row is locked, with its events; tells whether a delivery is owed. */
@Injectable()
export class CredentialChanges {
  private readonly log = new Logger(CredentialChanges.name);

  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Publishes a credential's event. */
  publish(
    em: EntityManager,
    { tenantId, id, environment }: Credential,
    name: CredentialEventName,
    facts: { actor: Actor; status: string; diagnosis?: Diagnosis | null },
  ): Promise<boolean> {
    const { actor, status, diagnosis = null } = facts;
    return this.events.publish(em, tenantId, name, {
      actor,
      object: { type: 'credential', id },
      data: { credentialId: id, environment, status, diagnosis },
    });
  }

  /** Keeps an examination, and makes the credential suspect or sound accordingly. */
  async record(
    em: EntityManager,
    credential: Credential,
    examination: Examination,
    actor: Actor,
  ): Promise<Recorded> {
    const { tenantId, id, status } = credential;
    const { diagnosis } = examination;
    const verdict = verdictOn(credential, diagnosis);
    const reason = reasonAfter(credential, verdict, diagnosis);
    await em.query(
      `UPDATE credentials SET last_check = $3, suspect_reason = $4,
              suspect_since = CASE WHEN $4::text IS NOT NULL THEN coalesce(suspect_since, now()) END
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, examination, reason],
    );
    const suspect = reason !== null;
    if (verdict === 'unchanged') return { suspect, recovered: false, owed: false };
    const facts = { actor, status, diagnosis };
    const owed = await this.publish(em, credential, `credential.${verdict}`, facts);
    return { suspect, recovered: verdict === 'recovered', owed };
  }

  /**
   * Says when the worker looks at the credential again.
   *
   * @param trouble `unclear`: a refusal has not been explained yet
   * @param attempts looks in a row that didn't settle it, from 1
   */
  async schedule(
    em: EntityManager,
    { tenantId, id, status }: Credential,
    trouble: { suspect: boolean; unclear: boolean },
    attempts: number,
  ): Promise<void> {
    const { seconds, unclear } = nextLook({ ...trouble, retiring: status === 'retiring' }, attempts);
    // A probe that finds the credential bad is no claim that came to nothing: it only makes the next one later.
    await em.query(
      `UPDATE credentials SET refused_at = CASE WHEN $3 THEN refused_at END,
              work_attempts = CASE WHEN $4 THEN least(work_attempts, ${MOST_COUNTED_LOOKS}) ELSE 0 END,
              next_look_at = now() + make_interval(secs => $5::int)
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, unclear, unclear || trouble.suspect, seconds],
    );
  }

  /** The end of a credential that no open session needs. */
  async retire(em: EntityManager, credential: Credential, actor: Actor): Promise<boolean> {
    await em.query(
      `UPDATE credentials SET status = 'retired', retired_at = now(), suspect_since = NULL, suspect_reason = NULL,
              refused_at = NULL, next_look_at = NULL
        WHERE tenant_id = $1 AND id = $2`,
      [credential.tenantId, credential.id],
    );
    return this.publish(em, credential, 'credential.retired', { actor, status: 'retired' });
  }

  /**
   * Makes due what was put off or failed while the credential was suspect; call it after the commit of its recovery, which
   * must not wait for any session. Never rejects: what somebody else has in hand just now, and what is left when the
   * database fails, is due by itself a moment later.
   */
  async resume(tenantId: string, id: string): Promise<void> {
    try {
      while ((await this.db.run(tenantId, (em) => resumeSome(em, tenantId, id))) === RESUMED_AT_ONCE);
    } catch (error) {
      this.log.warn(`not all sessions of credential ${id} were made due: ${(error as Error).message}`);
    }
    this.wakeUp.wake('sessions');
  }
}

/** @returns how many sessions were made due */
async function resumeSome(em: EntityManager, tenantId: string, id: string): Promise<number> {
  const [, count] = await em.query<[unknown[], number]>(
    `WITH waiting AS (
       SELECT tenant_id, id FROM sessions
        WHERE tenant_id = $1 AND credential_id = $2 AND status = 'ongoing' AND sync_error IS NOT NULL
          AND (next_sync_at > now() OR parked_reason IS NOT NULL)
        LIMIT ${RESUMED_AT_ONCE} FOR UPDATE SKIP LOCKED)
     UPDATE sessions s SET ${MAKE_SESSION_DUE}
       FROM waiting w WHERE s.tenant_id = w.tenant_id AND s.id = w.id`,
    [tenantId, id],
  );
  return count;
}

/** Why the credential is suspect from now on; an examination without an answer leaves the reason as it was. */
function reasonAfter(
  { suspectReason }: Credential,
  verdict: ReturnType<typeof verdictOn>,
  diagnosis: Diagnosis,
): Diagnosis | null {
  if (verdict === 'recovered') return null;
  if (verdict === 'suspect') return diagnosis;
  return suspectReason !== null && blamesCredential(diagnosis) ? diagnosis : suspectReason;
}
