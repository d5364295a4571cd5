import { Inject, Injectable } from '@nestjs/common';
import { Client } from 'undici';
import { CONFIG, type Config } from '../config.js';
import { AddressRefused, AddressRules, guardedConnector } from '../webhooks/address-guard.js';
import type { Finding } from './credential.findings.js';
import type { Environment } from './environment.js';

const CONNECT_MS = 2000;
const DEADLINE_MS = 3000;

/** What asking our own public address came to. */
export type SelfCall = 'answered' | 'private' | 'silent';

/**
 * What can be said about Yoti reaching us. Yoti needs https (Yoti: notifications), and nobody inside can prove that
 * the outside reaches us, but a notification that came does.
 *
 * @param heardAt when a notification for this credential came last; null when none did
 */
export function notificationFinding(
  environment: Environment,
  publicUrl: string,
  heardAt: Date | null,
  call: SelfCall,
): Finding {
  const code = 'notification_address_reachable';
  const fix =
    'Have the operator set PUBLIC_URL to the https address under which the internet reaches this server.';
  const no = (message: string): Finding => ({ code, ok: false, message, fix });
  if (heardAt) {
    const message = `Notifications arrive: the last one came at ${heardAt.toISOString()}.`;
    return { code, ok: true, message, fix: null };
  }
  if (environment === 'simulator') {
    const message = 'No notification has come yet; a simulator may reach addresses that Yoti can not.';
    return { code, ok: null, message, fix: null };
  }
  if (!publicUrl.startsWith('https://'))
    return no('Yoti notifies https addresses only, and PUBLIC_URL is none.');
  if (call === 'private') return no('PUBLIC_URL leads to an address that the internet can not reach.');
  const message =
    call === 'answered'
      ? 'PUBLIC_URL answers when asked from here; that Yoti reaches it shows with the first notification.'
      : 'PUBLIC_URL does not answer when asked from here, which networks may forbid; the first notification will tell.';
  return { code, ok: call === 'answered' ? true : null, message, fix: call === 'answered' ? null : fix };
}

/** Asks this server's own public address, as far as it may be asked. */
@Injectable()
export class NotificationAddress {
  /** Nothing private is opened here: Yoti can't reach it either. */
  private readonly rules = new AddressRules([]);

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** Never rejects: what is not known is part of the finding. */
  async examine(environment: Environment, heardAt: Date | null): Promise<Finding> {
    const { publicUrl } = this.config;
    const asked = heardAt === null && environment !== 'simulator' && publicUrl.startsWith('https://');
    const call = asked ? await this.call(publicUrl) : 'silent';
    return notificationFinding(environment, publicUrl, heardAt, call);
  }

  private async call(publicUrl: string): Promise<SelfCall> {
    const { origin, pathname } = new URL(publicUrl);
    const client = new Client(origin, { connect: guardedConnector(this.rules, CONNECT_MS) });
    try {
      const path = `${pathname.replace(/\/+$/, '')}/health/live`;
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const { statusCode, body } = await client.request({ method: 'GET', path, signal });
      body.on('error', () => undefined).destroy();
      return statusCode === 200 ? 'answered' : 'silent';
    } catch (error) {
      return error instanceof AddressRefused ? 'private' : 'silent';
    } finally {
      await client.destroy();
    }
  }
}
