import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { KeyRing } from '../crypto/key-ring.js';
import { registry } from '../metrics/registry.js';
import { diagnosisOfRefusal } from '../yoti/probe.js';
import { contentPlaces } from '../yoti/result-contents.js';
import { progressOf } from '../yoti/result-facts.js';
import { restoreResult } from '../yoti/restore-result.js';
import type { SessionResult } from '../yoti/result.js';
import type { YotiConnection } from '../yoti/transport.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { isOutage, YotiError } from '../yoti/yoti-error.js';
import { dataKeyOf, type SessionRow } from './session.row.js';
import type { Observation } from './session.states.js';

/**
 * The most contents that one result takes up. A person shows a handful of documents, with two contents each; reading as
 * many as this takes less than the longest work of a worker even when each call takes until its deadline.
 */
const MOST_CONTENTS = 50;
/** The most bytes of them together, as JSON; a document's are a few thousand. */
const MOST_CONTENT_BYTES = 5 * 1024 * 1024;

const leftOut = new Counter({
  name: 'countersign_contents_left_out_total',
  help: 'Contents of documents and profiles that Yoti refused, answered in a way that can not be used, or has too many of; results go without',
  labelNames: ['reason'] as const,
  registers: [registry],
});

/** A session to ask Yoti about, and what it answered the last time. */
export interface Target extends SessionRow {
  yotiSessionId: string;
  connection: YotiConnection;
  result: Buffer | null;
}

/** What was read from Yoti; the result is null when there is nothing to store. */
export interface Seen {
  observation: Observation;
  result: SessionResult | null;
}

/** Reads a session from Yoti with everything its result is made of. Nothing is stored. */
@Injectable()
export class YotiReader {
  constructor(
    private readonly yoti: YotiClient,
    private readonly ring: KeyRing,
  ) {}

  /**
   * @param signal ends the reading between two calls
   * @throws YotiError; the signal's reason
   */
  async read(target: Target, signal?: AbortSignal): Promise<Seen> {
    const { yotiSessionId, connection, clientExpiresAt } = target;
    const result = await this.session(connection, yotiSessionId);
    if (!result) {
      const overdue = (clientExpiresAt?.getTime() ?? 0) <= Date.now();
      return { observation: { kind: 'gone', overdue }, result: null };
    }
    await this.addContents(target, result, signal);
    return { observation: { kind: 'yoti', state: result.state, progress: progressOf(result) }, result };
  }

  /** Null for a session that Yoti has no more. Media are refused with the same code, and say nothing about it. */
  private async session(connection: YotiConnection, yotiSessionId: string): Promise<SessionResult | null> {
    try {
      return await this.yoti.getSession(connection, yotiSessionId);
    } catch (error) {
      if (error instanceof YotiError && error.yotiCode === 'SESSION_NOT_FOUND') return null;
      throw error;
    }
  }

  /**
   * Documents' data and profile reports are media of their own at Yoti. Media never change (a correction is a new one),
   * so that what was read before is not asked for again.
   */
  private async addContents(target: Target, result: SessionResult, signal?: AbortSignal): Promise<void> {
    const known = this.knownContents(target);
    const places = contentPlaces(result);
    let taken = 0;
    let bytes = 0;
    for (const place of places.slice(0, MOST_CONTENTS)) {
      signal?.throwIfAborted();
      const { id } = place.media;
      const content = known.get(id) ?? (await this.content(target.connection, result.yotiSessionId, id));
      bytes += content === null ? 0 : Buffer.byteLength(JSON.stringify(content));
      if (bytes > MOST_CONTENT_BYTES) break;
      place.put(content);
      taken += 1;
    }
    leftOut.inc({ reason: 'too_much' }, places.length - taken);
  }

  private knownContents(target: Target): Map<string, Record<string, unknown> | null> {
    if (!target.result || !target.dataKey) return new Map();
    const stored = restoreResult(JSON.parse(dataKeyOf(target, this.ring).open(target.result, 'result')));
    return new Map(contentPlaces(stored).map(({ media, content }) => [media.id, content]));
  }

  /**
   * Null for media that Yoti may not return, refuses, or answers in a way that can not be used: the session's outcome
   * doesn't depend on them, and they can still be asked for by their id. What may pass, and what is the credential's own
   * trouble, is a reason to read the session again later.
   */
  private async content(connection: YotiConnection, yotiSessionId: string, mediaId: string) {
    try {
      return await this.yoti.getJsonMedia(connection, yotiSessionId, mediaId);
    } catch (error) {
      if (!(error instanceof YotiError) || isOutage(error) || diagnosisOfRefusal(error)) throw error;
      leftOut.inc({ reason: error.code.toLowerCase() });
      return null;
    }
  }
}
