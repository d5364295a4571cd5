import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { refuseOtherSites } from '../auth/console.strategy.js';
import { CONFIG, type Config } from '../config.js';
import { ApiError, notFound } from '../http/api-error.js';
import { HostedSessions, type HostedSession } from '../sessions/hosted-sessions.js';
import { findAsset, type Asset } from './assets.js';
import { hostedPage } from './hosted-page.js';
import { donePage, noticePage } from './notice-page.js';
import { stateOf, type PageState } from './page-data.js';
import { originOf, pageHeaders } from './page-headers.js';
import { pageKind } from './page-kind.js';
import type { ClientEvent } from './verify.schemas.js';
import { viewOf, type Asked } from './view.js';

/** An answer in HTML. */
export interface PageAnswer {
  status: number;
  /** Null leaves a header out that the server sends otherwise. */
  headers: Record<string, string | null>;
  markup: string;
}

/** A session is created within seconds: the browser asks again by itself. */
const soon = { 'retry-after': '2', refresh: '2' };

/** What a person's browser asks for. Everything it tells is a cue to look at Yoti, never a proof. */
@Injectable()
export class VerifyService {
  constructor(
    private readonly sessions: HostedSessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The page behind a link, which is a friendly one too when the link is unknown or over. */
  async page(link: string, asked: Asked): Promise<PageAnswer> {
    const session = await this.sessions.find(link);
    const view = viewOf(asked, session);
    const kind = pageKind(session);
    const sources = { logo: originOf(session?.branding.logoUrl), ancestors: session?.frameAncestors ?? [] };
    const headers = pageHeaders({ ...sources, frame: null });
    if (!session || kind === 'unknown') {
      return { status: 404, headers, markup: await noticePage('unknown', null, view) };
    }
    switch (kind) {
      case 'hosted': {
        await this.sessions.recordOpening(link);
        const markup = await hostedPage(session, view, `${this.config.publicUrl}/verify/${link}`);
        return { status: 200, headers: pageHeaders({ ...sources, frame: session.yotiOrigin }), markup };
      }
      case 'done':
        return { status: 200, headers, markup: await donePage(session, view) };
      case 'creating':
        return {
          status: 503,
          headers: { ...headers, ...soon },
          markup: await noticePage(kind, session, view),
        };
      case 'erased':
        return { status: 410, headers, markup: await noticePage(kind, null, view) };
      default:
        return { status: 410, headers, markup: await noticePage(kind, session, view) };
    }
  }

  /** @throws ApiError not_found */
  async state(link: string): Promise<PageState> {
    return stateOf(await this.get(link));
  }

  /**
   * What the page hands to Yoti's client, for the page itself only.
   *
   * @throws ApiError cross_site_request, not_found, conflict when there is nothing left to do
   */
  async client(link: string, request: FastifyRequest): Promise<{ sessionId: string; token: string }> {
    this.requireOwnPage(request);
    await this.get(link);
    const client = await this.sessions.clientOf(link);
    if (!client) throw new ApiError('conflict', 'The session does not wait for its person.');
    return { sessionId: client.yotiSessionId, token: client.yotiSessionToken };
  }

  /** @throws ApiError cross_site_request, not_found */
  async record(link: string, event: ClientEvent, request: FastifyRequest): Promise<void> {
    this.requireOwnPage(request);
    await this.get(link);
    await this.sessions.recordClientEvent(link, event);
  }

  /** @throws ApiError not_found */
  async asset(name: string): Promise<Asset> {
    const asset = await findAsset(name);
    if (!asset) throw notFound();
    return asset;
  }

  private requireOwnPage(request: FastifyRequest): void {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin === undefined && site === undefined) throw new ApiError('cross_site_request');
    refuseOtherSites(request, this.config.publicUrl);
  }

  private async get(link: string): Promise<HostedSession> {
    const session = await this.sessions.find(link);
    if (!session) throw notFound();
    return session;
  }
}
