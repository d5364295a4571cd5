import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Events } from '../audit/events.service.js';
import { Credentials, credentialSuspect } from '../credentials/credentials.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { notFound } from '../http/api-error.js';
import type { Caller } from '../http/caller.js';
import { ResultReader } from '../sessions/result-reader.js';
import { listMedia } from '../yoti/result-media.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { reasonOf, YotiError } from '../yoti/yoti-error.js';

/** Types that may leave the server as what they are; everything else is sent as bytes to save. */
const SHOWN_TYPES = new Set(['image/jpeg', 'image/png', 'application/json', 'application/pdf']);

/** Why there was nothing to see although Yoti answered: the law forbids it to return the content. */
const WITHHELD = 'withheld';

/** Bytes on their way from Yoti to the caller. */
export interface MediaStream {
  contentType: string;
  body: Readable;
}

/** Images and other media of a session. They are streamed from Yoti at each look and never stored. */
@Injectable()
export class MediaService {
  constructor(
    private readonly db: TenantDb,
    private readonly results: ResultReader,
    private readonly events: Events,
    private readonly credentials: Credentials,
    private readonly yoti: YotiClient,
  ) {}

  /** @throws ApiError not_found, result_not_available, session_erased */
  async list({ tenantId }: Caller, sessionId: string) {
    return this.db.run(tenantId, async (em) => {
      const { result } = await this.results.read(em, tenantId, sessionId);
      return { items: listMedia(result) };
    });
  }

  /**
   * Streams one of the session's media. The look is on record before the first byte (invariant I4), and so is that
   * there was nothing to see after all.
   *
   * @returns null when Yoti may not return the content by law
   * @throws ApiError not_found for media that isn't the session's or is gone at Yoti, credential_suspect; YotiError
   */
  async stream(caller: Caller, sessionId: string, mediaId: string): Promise<MediaStream | null> {
    const { tenantId, actor } = caller;
    const { connection, yotiSessionId, credentialId } = await this.db.run(tenantId, async (em) => {
      const found = await this.results.read(em, tenantId, sessionId);
      const media = listMedia(found.result).find(({ id }) => id === mediaId);
      if (!media) throw notFound();
      if (found.suspicion) throw credentialSuspect(found.suspicion);
      const target = await this.credentials.connectionOf(em, tenantId, found.credentialId);
      const object = { type: 'session', id: sessionId, sessionId } as const;
      const details = { mediaId, kind: media.kind };
      await this.events.audit(em, tenantId, 'media.viewed', { actor, object, details });
      return { connection: target, yotiSessionId: found.yotiSessionId, credentialId: found.credentialId };
    });
    const content = await this.yoti
      .getMedia(connection, yotiSessionId, mediaId)
      .catch(async (error: unknown) => {
        await this.credentials.noteFailure(tenantId, credentialId, error);
        if (!(error instanceof YotiError)) throw error;
        await this.recordFailure(caller, sessionId, { mediaId, code: reasonOf(error) });
        throw error.status === 404 ? notFound() : error;
      });
    if (!content) {
      await this.recordFailure(caller, sessionId, { mediaId, code: WITHHELD });
      return null;
    }
    const shown = SHOWN_TYPES.has(content.contentType);
    return { contentType: shown ? content.contentType : 'application/octet-stream', body: content.body };
  }

  private async recordFailure(
    { tenantId, actor }: Caller,
    sessionId: string,
    details: { mediaId: string; code: string },
  ): Promise<void> {
    const object = { type: 'session', id: sessionId, sessionId } as const;
    await this.db.run(tenantId, (em) =>
      this.events.audit(em, tenantId, 'media.failed', { actor, object, details }),
    );
  }
}
