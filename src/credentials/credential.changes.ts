import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { EventName } from '../audit/event-types.js';
import { Events } from '../audit/events.service.js';
import { MAKE_SESSION_DUE } from '../database/due-session.js';
import type { Actor } from '../http/caller.js';
import { blamesCredential, type Diagnosis } from '../yoti/probe.js';
import type { Credential } from './credential.entity.js';
import { nextLook, verdictOn } from './credential.states.js';
import type { Examination } from './examine-credential.js';

type CredentialEventName = Extract<EventName, `credential.${string}`>;

/** What an examination came to. */
interface Recorded {
  /** Whether the credential is suspect now. */
  suspect: boolean;
  /** Whether it has just become sound: sessions are due. */
  recovered: boolean;
  /** Whether a delivery is owed. */
  owed: boolean;
}

/** Stores what happens to a credential whose row is locked, with its events; tells whether a delivery is owed. */
@Injectable()
export class CredentialChanges {
  constructor(private readonly events: Events) {}

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
    if (verdict === 'recovered') await this.resume(em, credential);
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
    const seconds = nextLook({ ...trouble, retiring: status === 'retiring' }, attempts);
    await em.query(
      `UPDATE credentials SET refused_at = CASE WHEN $3 THEN refused_at END,
              work_attempts = CASE WHEN $4 THEN work_attempts ELSE 0 END,
              next_look_at = now() + make_interval(secs => $5::int)
        WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, trouble.unclear, trouble.unclear || trouble.suspect, seconds],
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

  /** What waited for the credential is due at once. */
  private async resume(em: EntityManager, { tenantId, id }: Credential): Promise<void> {
    await em.query(
      `UPDATE sessions SET ${MAKE_SESSION_DUE}
        WHERE tenant_id = $1 AND credential_id = $2 AND status = 'ongoing'`,
      [tenantId, id],
    );
  }
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
