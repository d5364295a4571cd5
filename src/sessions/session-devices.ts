import { Injectable } from '@nestjs/common';
import { Events } from '../audit/events.service.js';
import { Credentials, credentialSuspect } from '../credentials/credentials.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { ApiError, notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import type { TrackedDevice } from '../yoti/tracked-devices.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { YotiError } from '../yoti/yoti-error.js';
import { findSession } from './find-session.js';

/** The devices that the person used. They are read from Yoti at each look and never stored. */
@Injectable()
export class SessionDevices {
  constructor(
    private readonly db: TenantDb,
    private readonly events: Events,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
  ) {}

  /**
   * Asks Yoti. The look is on record before Yoti is asked (invariant I4): the list holds internet addresses.
   *
   * @throws ApiError not_found (also when the session is gone at Yoti), result_not_available, session_erased,
   *   credential_suspect; YotiError
   */
  async list({ tenantId, actor }: Caller, id: string): Promise<{ items: TrackedDevice[] }> {
    const { connection, yotiSessionId, credentialId } = await this.db.run(tenantId, async (em) => {
      const row = await findSession(em, tenantId, id);
      if (row.status === 'erased') throw new ApiError('session_erased');
      if (!row.yotiSessionId) throw new ApiError('result_not_available');
      const { credentialId: usedId, suspectReason, nextLookAt } = row;
      if (suspectReason !== null) throw credentialSuspect({ suspectReason, nextLookAt });
      const target = await this.credentials.connectionOf(em, tenantId, usedId);
      const object = { type: 'session', id, sessionId: id } as const;
      await this.events.audit(em, tenantId, 'devices.read', { actor, object });
      return { connection: target, yotiSessionId: row.yotiSessionId, credentialId: usedId };
    });
    try {
      return { items: await this.yoti.getTrackedDevices(connection, yotiSessionId) };
    } catch (error) {
      await this.credentials.noteFailure(tenantId, credentialId, error);
      if (error instanceof YotiError && error.yotiCode === 'SESSION_NOT_FOUND') throw notFound();
      throw error;
    }
  }
}
