import { eventually, type TestApp } from './app.js';
import type { Any } from './client.js';
import { expectStatus, type TestTenant } from './factories.js';

/** A session's link as the API tells it. */
export const readLink = async (tenant: TestTenant, id: string): Promise<Any> =>
  expectStatus(await tenant.key.get(`/v1/sessions/${id}/link`), 200);

/** Asks for an e-mail. @returns what was accepted */
export const emailLink = async (tenant: TestTenant, id: string, body: Any): Promise<Any> =>
  expectStatus(await tenant.key.post(`/v1/sessions/${id}/link/email`, body), 202);

/** Waits until the session's last e-mail is as `probe` wants it. */
export const emailUntil = (tenant: TestTenant, id: string, probe: (email: Any) => boolean): Promise<Any> =>
  eventually(async () => {
    const email = (await readLink(tenant, id)).emails.items.at(-1);
    return email && probe(email) && email;
  });

/** Lets the time until an e-mail's next attempt pass. */
export const hurry = (app: Pick<TestApp, 'sql'>, emailId: string) =>
  app.sql(`UPDATE emails SET next_attempt_at = now() WHERE id = $1 AND status = 'pending'`, [emailId]);

/** Names of what was done to a session, in order. */
export async function auditOf(tenant: TestTenant, id: string): Promise<Any[]> {
  const { items } = expectStatus(await tenant.key.get(`/v1/audit-entries?sessionId=${id}&limit=200`), 200);
  return items.toReversed();
}

/** Path of a link's page. */
export const pathOf = (url: string): string => new URL(url).pathname;
