import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import {
  createReadyTenant,
  createSession,
  expectStatus,
  publishPolicy,
  type TestTenant,
} from './support/factories.js';
import { auditOf, emailLink, emailUntil, hurry, pathOf, readLink } from './support/links.js';
import { MailServer } from './support/mail-server.js';

let app: TestApp;
let mails: MailServer;
let tenant: TestTenant;

beforeAll(async () => {
  mails = await MailServer.start();
  app = await startTestApp({ config: { mail: mails.settings() } });
  tenant = await createReadyTenant(app);
});

afterAll(async () => {
  await app?.stop();
  await mails?.close();
});

let count = 0;
const newAddress = () => `person-${(count += 1)}@mail.example`;
const isFinished = ({ status }: Any) => status !== 'pending';
const wasTried = ({ attemptCount }: Any) => attemptCount > 0;
const rowOf = async (id: string) => (await app.sql<Any>('SELECT * FROM emails WHERE id = $1', [id]))[0];

describe('a link sent by e-mail', () => {
  it('arrives, opens the page, and leaves no address behind', async () => {
    const session = await createSession(tenant);
    const email = newAddress();
    const accepted = await emailLink(tenant, session.id, { email });
    expect(accepted).toMatchObject({ status: 'pending', attemptCount: 0, reason: null, finishedAt: null });
    const [mail] = await mails.mails(email);
    expect(mail!.parsed.messageId).toBe(`<${accepted.id}@platform.example>`);
    expect(mail!.parsed.subject).toContain('please confirm your identity');
    expect(mail!.parsed.text).toContain(`Unit ${tenant.slug}`);
    const [url] = /http\S+/.exec(mail!.parsed.text ?? '') ?? [];
    expect(url).toBe(session.client.hostedUrl);
    expect(mail!.parsed.html).toContain(`href="${url}"`);
    const raw = JSON.stringify(mail!.parsed);
    for (const secret of [session.client.yotiSessionToken, session.client.yotiSessionId]) {
      expect(raw).not.toContain(secret);
    }
    expect((await app.anonymous.get(pathOf(url ?? ''))).status).toBe(200);

    const sent = await emailUntil(tenant, session.id, isFinished);
    expect(sent).toMatchObject({ id: accepted.id, status: 'sent', attemptCount: 1, nextAttemptAt: null });
    expect(await rowOf(accepted.id)).toMatchObject({
      address: null,
      lease_token: null,
      next_attempt_at: null,
    });
    expect(mails.to(email)).toHaveLength(1);
    const trail = await auditOf(tenant, session.id);
    expect(trail.slice(-2)).toMatchObject([
      { action: 'session.link_emailed', actor: { type: 'api_key' }, details: { emailId: accepted.id } },
      { action: 'session.link_email_sent', actor: { type: 'system' }, details: { emailId: accepted.id } },
    ]);
    expect(JSON.stringify(trail)).not.toContain(email);
  });

  it('speaks the session’s language, or the one that is asked for', async () => {
    await publishPolicy(tenant, 'german', (draft) => ({
      ...draft,
      purpose: { text: 'Wir müssen Sie kennen.' },
    }));
    const session = await createSession(tenant, { policy: 'german', locale: 'de-DE' });
    const [german, french] = [newAddress(), newAddress()];
    await emailLink(tenant, session.id, { email: german });
    await emailLink(tenant, session.id, { email: french, locale: 'fr-FR' });
    const [first] = await mails.mails(german);
    expect(first!.parsed.subject).toContain('Bitte bestätigen Sie Ihre Identität');
    expect(first!.parsed.text).toContain('Wir müssen Sie kennen.');
    expect(first!.parsed.headers.get('content-language')).toBe('de');
    expect((await mails.mails(french))[0]!.parsed.subject).toContain('veuillez confirmer votre identité');
  });

  it('that is refused has failed, with the reason', async () => {
    const { id } = await createSession(tenant);
    const email = newAddress();
    mails.refuse(email, 550);
    const accepted = await emailLink(tenant, id, { email });
    expect(await emailUntil(tenant, id, isFinished)).toMatchObject({
      id: accepted.id,
      status: 'failed',
      reason: 'rejected',
      replyCode: 550,
      attemptCount: 1,
    });
    expect((await rowOf(accepted.id)).address).toBeNull();
    expect(mails.to(email)).toEqual([]);
    const trail = await auditOf(tenant, id);
    expect(trail.at(-1)).toMatchObject({
      action: 'session.link_email_failed',
      details: { reason: 'rejected' },
    });
    expect(JSON.stringify([trail, await readLink(tenant, id)])).not.toContain(email);
  });

  it('that can’t be taken now is tried again, with the same Message-ID', async () => {
    const { id } = await createSession(tenant);
    const email = newAddress();
    mails.refuse(email, 451, 421);
    const accepted = await emailLink(tenant, id, { email });
    expect(await emailUntil(tenant, id, wasTried)).toMatchObject({
      status: 'pending',
      reason: 'deferred',
      replyCode: 451,
      attemptCount: 1,
      nextAttemptAt: expect.any(String),
    });
    await hurry(app, accepted.id);
    await emailUntil(tenant, id, ({ attemptCount }) => attemptCount === 2);
    await hurry(app, accepted.id);
    expect(await emailUntil(tenant, id, isFinished)).toMatchObject({
      status: 'sent',
      reason: null,
      replyCode: null,
      attemptCount: 3,
    });
    expect(mails.to(email).map(({ parsed }) => parsed.messageId)).toEqual([
      `<${accepted.id}@platform.example>`,
    ]);
  });

  it('is given up after the last attempt', async () => {
    const { id } = await createSession(tenant);
    const email = newAddress();
    mails.refuse(email, 451, 451);
    const accepted = await emailLink(tenant, id, { email });
    await emailUntil(tenant, id, wasTried);
    await app.sql('UPDATE emails SET attempts = 11, next_attempt_at = now() WHERE id = $1', [accepted.id]);
    expect(await emailUntil(tenant, id, isFinished)).toMatchObject({
      status: 'failed',
      reason: 'deferred',
      attemptCount: 12,
    });
    expect(await rowOf(accepted.id)).toMatchObject({ address: null, parked_reason: 'deferred' });
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['revoked', async (id) => expectStatus(await tenant.key.delete(`/v1/sessions/${id}/link`), 204)],
    ['replaced', async (id) => expectStatus(await tenant.key.post(`/v1/sessions/${id}/link`), 201)],
    [
      'closed with its session',
      async (id) => expectStatus(await tenant.key.post(`/v1/sessions/${id}/cancel`), 200),
    ],
    ['expired', (id) => app.sql('UPDATE sessions SET client_expires_at = now() WHERE id = $1', [id])],
  ])('is not sent when the link is %s meanwhile', async (_, end) => {
    const { id } = await createSession(tenant);
    const email = newAddress();
    mails.refuse(email, 451);
    const accepted = await emailLink(tenant, id, { email });
    await emailUntil(tenant, id, wasTried);
    await end(id);
    await hurry(app, accepted.id);
    expect(await emailUntil(tenant, id, isFinished)).toMatchObject({
      status: 'cancelled',
      reason: 'link_ended',
    });
    expect((await rowOf(accepted.id)).address).toBeNull();
    expect(mails.to(email)).toEqual([]);
  });

  it('waits while its tenant is suspended, and is sent once the tenant is back', async () => {
    const own = await createReadyTenant(app);
    const email = newAddress();
    const { id } = await suspendedWith(own, email);
    const row = await untilPutOff(id);
    expect(row).toMatchObject({ parked_reason: null, lease_token: null, work_attempts: 0 });
    expect(row.address).not.toBeNull();
    mails.refuse(email);
    await setStatus(own, 'active');
    await hurry(app, id);
    expect(await emailUntil(own, row.session_id, isFinished)).toMatchObject({
      id,
      status: 'sent',
      reason: null,
    });
    expect(mails.to(email)).toHaveLength(1);
  });

  it('ends with its link while its tenant is suspended', async () => {
    const own = await createReadyTenant(app);
    const email = newAddress();
    const { id } = await suspendedWith(own, email);
    const { session_id: sessionId } = await untilPutOff(id);
    await app.sql('UPDATE sessions SET client_expires_at = now() WHERE id = $1', [sessionId]);
    await hurry(app, id);
    const row = await eventually(async () => {
      const found = await rowOf(id);
      return isFinished(found) && found;
    });
    expect(row).toMatchObject({ status: 'cancelled', parked_reason: 'link_ended', address: null });
    expect(mails.to(email)).toEqual([]);
  });

  const setStatus = async (own: TestTenant, status: string) =>
    expectStatus(await app.operator.patch(`/v1/tenants/${own.id}`, { status }), 200);

  /** An e-mail that is due, of a tenant that is suspended. */
  async function suspendedWith(own: TestTenant, email: string): Promise<Any> {
    const session = await createSession(own);
    mails.refuse(email, 451, 451, 451);
    const accepted = await emailLink(own, session.id, { email });
    await emailUntil(own, session.id, wasTried);
    await setStatus(own, 'suspended');
    await hurry(app, accepted.id);
    return accepted;
  }

  /** Waits until the worker has looked at an e-mail and left it for later than after a failed attempt. */
  async function untilPutOff(id: string): Promise<Any> {
    const row = await eventually(async () => {
      const [found] = await app.sql<Any>(
        `SELECT * FROM emails WHERE id = $1 AND (status <> 'pending' OR next_attempt_at > now() + interval '1 minute')`,
        [id],
      );
      return found;
    });
    expect(row.status).toBe('pending');
    return row;
  }

  it('is accepted five times for a session, and once for one idempotency key', async () => {
    const { id } = await createSession(tenant);
    const email = newAddress();
    const keyed = tenant.key.with({ 'idempotency-key': 'mail' });
    const send = () => keyed.post(`/v1/sessions/${id}/link/email`, { email });
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(expectStatus(first, 202));
    const more = await Promise.all(
      Array.from({ length: 6 }, () => tenant.key.post(`/v1/sessions/${id}/link/email`, { email })),
    );
    expect(more.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      202, 202, 202, 202, 409, 409,
    ]);
    const refused = more.find(({ status }) => status === 409);
    expect(refused?.body.code).toBe('email_limit_reached');
    expect((await readLink(tenant, id)).emails).toMatchObject({ available: true, remaining: 0 });
    await mails.mails(email, 5);
    expect(mails.to(email)).toHaveLength(5);
  });

  it.each(['expired', 'revoked'])('is not accepted for a link that is %s', async (state) => {
    const { id } = await createSession(tenant);
    if (state === 'revoked') expectStatus(await tenant.key.delete(`/v1/sessions/${id}/link`), 204);
    else await app.sql('UPDATE sessions SET client_expires_at = now() WHERE id = $1', [id]);
    expect(await tenant.key.post(`/v1/sessions/${id}/link/email`, { email: newAddress() })).toMatchObject({
      status: 409,
      body: { code: 'link_not_active' },
    });
  });

  it.each([
    [{}],
    [{ email: 'a@b.example, c@d.example' }],
    [{ email: 'a@b.example\r\nBcc: c@d.example' }],
    [{ email: ['a@b.example'] }],
    [{ email: 'a@b.example', subject: 'mine' }],
    [{ email: 'a@b.example', locale: 'klingon' }],
  ])('is not accepted for %j', async (body) => {
    const { id } = await createSession(tenant);
    expect(await tenant.key.post(`/v1/sessions/${id}/link/email`, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request' },
    });
    expect((await readLink(tenant, id)).emails.items).toEqual([]);
  });
});
