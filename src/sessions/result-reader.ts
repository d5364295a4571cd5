import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Suspicion } from '../credentials/credentials.service.js';
import { KeyRing } from '../crypto/key-ring.js';
import { ApiError } from '../http/api-error.js';
import { restoreResult } from '../yoti/restore-result.js';
import type { SessionResult } from '../yoti/result.js';
import { dataKeyOf } from './session.row.js';
import { findSession } from './find-session.js';

/** Opens stored results. Whoever uses it writes the audit entry of the look, in the same transaction. */
@Injectable()
export class ResultReader {
  constructor(private readonly ring: KeyRing) {}

  /** @throws ApiError not_found, session_erased, result_not_available; SealError, which is answered data_unreadable */
  async read(
    em: EntityManager,
    tenantId: string,
    sessionId: string,
  ): Promise<{
    result: SessionResult;
    yotiSessionId: string;
    credentialId: string;
    suspicion: Suspicion | null;
  }> {
    const row = await findSession(em, tenantId, sessionId);
    if (row.status === 'erased') throw new ApiError('session_erased');
    const [stored] = await em.query<{ result: Buffer | null }[]>(
      'SELECT result FROM sessions WHERE tenant_id = $1 AND id = $2',
      [tenantId, sessionId],
    );
    if (!stored?.result || !row.yotiSessionId) throw new ApiError('result_not_available');
    const result = restoreResult(JSON.parse(dataKeyOf(row, this.ring).open(stored.result, 'result')));
    const { yotiSessionId, credentialId, suspectReason, nextLookAt } = row;
    return { result, yotiSessionId, credentialId, suspicion: suspectReason && { suspectReason, nextLookAt } };
  }
}
