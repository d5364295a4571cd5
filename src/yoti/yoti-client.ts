import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { SessionSpecification } from './compile-specification.js';
import { keptProperties } from './map-result-parts.js';
import { mapResult } from './map-result.js';
import { diagnose, diagnoseFailure, type ProbeResult } from './probe.js';
import { badResponse } from './read-answer.js';
import type { SessionResult } from './result.js';
import type { YotiCall } from './signed-request.js';
import { SupportedDocuments, type SupportedCountry } from './supported-documents.js';
import { mapTrackedDevices, type TrackedDevice } from './tracked-devices.js';
import { type MediaContent, type YotiConnection, YotiTransport } from './transport.js';
import type { CircuitChange } from './transport-circuits.js';
import type { Operation, TransportOptions } from './transport-options.js';
import { MismatchedAnswer, YotiError } from './yoti-error.js';

/** Injection token for bounds other than the default ones. */
export const YOTI_TRANSPORT_OPTIONS = Symbol('YOTI_TRANSPORT_OPTIONS');

/** A session as Yoti answers its creation. The token is the person's key to it: never log it, store it encrypted. */
export interface CreatedSession {
  yotiSessionId: string;
  clientSessionToken: string;
  tokenTtlSeconds: number;
}

const longestToken = 4096;
const longestTtlSeconds = 366 * 24 * 3600;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Yoti's identity verification API for any tenant. Every method rejects with a `YotiError` only, is bounded in time,
 * size and number per tenant, and prints nothing.
 */
@Injectable()
export class YotiClient implements OnApplicationShutdown {
  private readonly log = new Logger(YotiClient.name);
  private readonly transport: YotiTransport;
  private readonly supportedDocuments: SupportedDocuments;

  constructor(@Inject(YOTI_TRANSPORT_OPTIONS) options: Partial<TransportOptions>) {
    this.transport = new YotiTransport(options);
    this.supportedDocuments = new SupportedDocuments(this.transport);
    this.transport.onCircuitChange((change) => this.logChange(change));
  }

  /**
   * Yoti: create a session. Sent at most once: after a lost answer a session may exist that nobody knows, which
   * expires by itself.
   */
  async createSession(
    connection: YotiConnection,
    specification: SessionSpecification,
  ): Promise<CreatedSession> {
    const call: YotiCall = { method: 'POST', path: '/sessions', body: specification, withSdkId: true };
    const answer = await this.transport.json(connection, call);
    const { session_id, client_session_token, client_session_token_ttl } = propertiesOf(answer);
    if (typeof session_id !== 'string' || !uuid.test(session_id)) throw badResponse('no session id');
    if (typeof client_session_token !== 'string' || !/^[\x21-\x7e]+$/.test(client_session_token)) {
      throw badResponse('no client token');
    }
    if (client_session_token.length > longestToken) throw badResponse('no client token');
    if (!isTtl(client_session_token_ttl)) throw badResponse('no lifetime of the client token');
    return {
      yotiSessionId: session_id,
      clientSessionToken: client_session_token,
      tokenTtlSeconds: client_session_token_ttl,
    };
  }

  /** Yoti: retrieve a session. A session that is deleted or past its retention is refused with SESSION_NOT_FOUND. */
  async getSession(connection: YotiConnection, yotiSessionId: string): Promise<SessionResult> {
    const answer = await this.transport.json(connection, get(sessionPath(yotiSessionId)));
    const result = mapResult(answer);
    if (result.yotiSessionId.toLowerCase() !== yotiSessionId.toLowerCase()) {
      throw new MismatchedAnswer();
    }
    if (!/^[\x20-\x7e]{1,64}$/.test(result.state)) throw badResponse('no state');
    return result;
  }

  /**
   * Yoti: retrieve media. The body streams, at most 15 MB; whoever gets it reads it or destroys it. Null when Yoti
   * may not return the content by law.
   */
  async getMedia(
    connection: YotiConnection,
    yotiSessionId: string,
    mediaId: string,
  ): Promise<MediaContent | null> {
    return this.transport.stream(connection, get(mediaPath(yotiSessionId, mediaId)));
  }

  /**
   * Yoti: retrieve media of the type JSON, such as a document's fields, as it came but for secrets. Null when Yoti may
   * not return it by law.
   */
  async getJsonMedia(
    connection: YotiConnection,
    yotiSessionId: string,
    mediaId: string,
  ): Promise<Record<string, unknown> | null> {
    const answer = await this.transport.json(connection, get(mediaPath(yotiSessionId, mediaId)));
    return answer === undefined ? null : keptProperties(propertiesOf(answer));
  }

  /** Yoti: retrieve tracked devices, in the order of Yoti. */
  async getTrackedDevices(connection: YotiConnection, yotiSessionId: string): Promise<TrackedDevice[]> {
    const path = `${sessionPath(yotiSessionId)}/tracked-devices`;
    return mapTrackedDevices(await this.transport.json(connection, get(path)));
  }

  /**
   * Yoti: delete a session with everything captured. A session that is gone already counts as deleted. Refused with
   * RESOURCE_LOCKED (retryable) while checks are running.
   */
  async deleteSession(connection: YotiConnection, yotiSessionId: string): Promise<void> {
    const path = sessionPath(yotiSessionId);
    try {
      const answer = await this.transport.json(connection, { method: 'DELETE', path, withSdkId: true });
      // Whatever else answered with success has not said that the session is gone.
      if (answer !== undefined) throw badResponse('not 204');
    } catch (error) {
      if (error instanceof YotiError && error.yotiCode === 'SESSION_NOT_FOUND') return;
      throw error;
    }
  }

  /**
   * Yoti: supported documents, with those in other scripts. The same for every tenant of one API base, and kept for
   * hours.
   */
  async getSupportedDocuments(connection: YotiConnection): Promise<SupportedCountry[]> {
    return this.supportedDocuments.get(connection);
  }

  /**
   * Throws `YOTI_UNAVAILABLE` while such calls by the credential are paused: whoever would have to store something
   * before the call asks first.
   */
  checkOpen(connection: YotiConnection, operation: Operation): void {
    this.transport.checkOpen(connection, operation);
  }

  /** How many credentials' calls of each kind are paused because Yoti did not answer them. */
  countPaused(): Record<Operation, number> {
    return this.transport.countPaused();
  }

  /** Tells when a credential's calls of one kind are paused, tried again or go on. */
  onCircuitChange(listener: (change: CircuitChange) => void): void {
    this.transport.onCircuitChange(listener);
  }

  /** Asks for a session that does not exist, and tells from the refusal whether the credential works. */
  async probe(connection: YotiConnection): Promise<ProbeResult> {
    try {
      const exchange = await this.transport.exchange(connection, get(sessionPath(randomUUID())));
      return diagnose(exchange, Date.now());
    } catch (error) {
      return diagnoseFailure(error);
    }
  }

  /** Lets calls in flight end and closes the connections. */
  async onApplicationShutdown(): Promise<void> {
    await this.transport.close();
  }

  private logChange({ tenantId, sdkId, operation, state }: CircuitChange): void {
    const whose = `"${operation}" of tenant ${tenantId}, application ${sdkId}`;
    if (state === 'open') this.log.warn(`Yoti does not answer: pausing ${whose}`);
    if (state === 'closed') this.log.warn(`Yoti answers again: ${whose}`);
  }
}

function get(path: string): YotiCall {
  return { method: 'GET', path, withSdkId: true };
}

/** Ids go into the path as they are, so that anything but a UUID could reach another endpoint. */
function checked(id: string): string {
  if (!uuid.test(id)) throw new YotiError('YOTI_REFUSED', 'An id for Yoti is not a UUID');
  return id;
}

function sessionPath(yotiSessionId: string): string {
  return `/sessions/${checked(yotiSessionId)}`;
}

function mediaPath(yotiSessionId: string, mediaId: string): string {
  return `${sessionPath(yotiSessionId)}/media/${checked(mediaId)}/content`;
}

function isTtl(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= longestTtlSeconds;
}

function propertiesOf(answer: unknown): Record<string, unknown> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    throw badResponse('not an object');
  }
  return { ...answer };
}
