import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startTestApp, type TestApp } from './support/app.js';
import type { Answer } from './support/client.js';
import { createTenant, expectStatus, type TestTenant } from './support/factories.js';

describe('the log-in', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let person: { email: string; password: string };
  /** Every test comes from an address of its own, so that the limit of one doesn't reach the next. */
  let address = 0;

  beforeAll(async () => {
    app = await startTestApp({ config: { trustProxy: ['loopback'], loginsPerMinute: 20 } });
    tenant = await createTenant(app);
  });

  afterAll(async () => {
    await app.stop();
  });

  beforeEach(async () => {
    address += 1;
    const email = `${randomUUID()}@${tenant.slug}.example`;
    const body = { email, name: 'Somebody', role: 'reviewer' };
    const { initialPassword } = expectStatus(await tenant.admin.post('/v1/users', body), 201);
    person = { email, password: initialPassword as string };
  });

  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.anonymous.with({ 'x-forwarded-for': `192.0.2.${address}`, ...headers }).post(path, body);
  const logIn = (login: object, headers?: Record<string, string>) => post('/v1/auth/login', login, headers);
  const cookieOf = ({ headers }: Answer) => headers.getSetCookie()[0] ?? '';
  const pairOf = (answer: Answer) => cookieOf(answer).split(';')[0] ?? '';

  it('opens a session with a cookie that only this host, over TLS and without scripts, can have', async () => {
    const answer = await logIn(person);
    expect(answer).toMatchObject({ status: 200, body: { email: person.email, operator: false } });
    const [pair, ...attributes] = cookieOf(answer).split('; ');
    expect(pair).toMatch(/^__Host-countersign=[A-Za-z0-9_-]{43}$/);
    const named = attributes.filter((attribute) => !attribute.startsWith('Expires='));
    expect(named.toSorted()).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure']);
    expect(cookieOf(answer)).not.toMatch(/Domain/i);
  });

  it('finds the account whatever the case of its address', async () => {
    expectStatus(await logIn({ ...person, email: person.email.toUpperCase() }), 200);
  });

  it('gives a new session at every log-in, also to who sends one along', async () => {
    const first = pairOf(await logIn(person));
    const second = pairOf(await logIn(person, { cookie: first }));
    const fixed = pairOf(await logIn(person, { cookie: `__Host-countersign=${'A'.repeat(43)}` }));
    expect(new Set([first, second, fixed]).size).toBe(3);
    expect(fixed).not.toContain('A'.repeat(43));
  });

  it('answers a wrong password and an unknown address alike', async () => {
    const wrong = await logIn({ ...person, password: 'wrong' });
    const unknown = await logIn({ email: `nobody@${tenant.slug}.example`, password: 'wrong' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'login_failed' } });
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    expect(unknown.status).toBe(wrong.status);
    expect(cookieOf(wrong)).toBe('');
    expect(JSON.stringify(wrong.body)).not.toContain(person.email);
  });

  it('makes an account wait after five wrong passwords, and forgets them after a right one', async () => {
    for (let i = 0; i < 4; i += 1) expectStatus(await logIn({ ...person, password: 'wrong' }), 401);
    expectStatus(await logIn(person), 200);
    for (let i = 0; i < 5; i += 1) expectStatus(await logIn({ ...person, password: 'wrong' }), 401);
    const blocked = await logIn(person);
    const unknown = await logIn({ email: `nobody@${tenant.slug}.example`, password: 'wrong' });
    expect(blocked.status).toBe(401);
    expect({ ...blocked.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    await app.sql('UPDATE users SET blocked_until = now() WHERE email = $1', [person.email]);
    expectStatus(await logIn(person), 200);
  });

  it('counts guesses that are made at once one after another, and looks at none after the fifth', async () => {
    let tries = 0;
    const guess = async (): Promise<void> => {
      // From different addresses, none of which reaches its own limit.
      const headers = { 'x-forwarded-for': `198.51.100.${(tries += 1) % 250}` };
      const answer = await logIn({ ...person, password: 'wrong' }, headers);
      // Too many at once are turned away unseen, and don't count.
      if (answer.status === 429) return guess();
      expectStatus(answer, 401);
    };
    await Promise.all(Array.from({ length: 8 }, guess));
    const [row] = await app.sql(
      'SELECT failed_logins AS failed, blocked_until > now() AS blocked FROM users WHERE email = $1',
      [person.email],
    );
    expect(row).toEqual({ failed: 5, blocked: true });
    expectStatus(await logIn(person), 401);
  });

  it('lets a right password in among wrong ones, and forgets those before it', async () => {
    for (let i = 0; i < 4; i += 1) expectStatus(await logIn({ ...person, password: 'wrong' }), 401);
    const both = await Promise.all([logIn(person), logIn(person)]);
    expect(both.map(({ status }) => status)).toContain(200);
    const [row] = await app.sql('SELECT failed_logins AS failed, blocked_until FROM users WHERE email = $1', [
      person.email,
    ]);
    expect(row).toEqual({ failed: 0, blocked_until: null });
  });

  it('counts the address that the trusted proxy saw, whatever the caller writes into X-Forwarded-For', async () => {
    const seen = `192.0.2.${address}`;
    const statuses: number[] = [];
    for (let i = 0; i < 21; i += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.${i}, ${seen}` };
      statuses.push((await logIn({ email: `${i}@${tenant.slug}.example`, password: 'x' }, headers)).status);
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(1);
    expect(statuses.at(-1)).toBe(429);
  });

  it('limits how often one address may try, whatever the account and whatever it sends along', async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 21; i += 1) {
      const headers = { authorization: `Bearer ${i}`, cookie: `__Host-countersign=${i}` };
      statuses.push((await logIn({ email: `${i}@${tenant.slug}.example`, password: 'x' }, headers)).status);
    }
    expect(statuses.slice(0, 20).every((status) => status === 401)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });

  it('changes a password, and ends the log-ins that were made with the old one', async () => {
    const mine = app.anonymous.with({ cookie: pairOf(await logIn(person)) });
    const elsewhere = app.anonymous.with({ cookie: pairOf(await logIn(person)) });
    const change = (currentPassword: string, newPassword: string) =>
      mine.post('/v1/auth/password', { currentPassword, newPassword });
    expect(await change('wrong', 'a new and long password')).toMatchObject({
      status: 401,
      body: { code: 'login_failed' },
    });
    expect(await change(person.password, 'short')).toMatchObject({
      status: 400,
      body: { errors: [{ path: '/newPassword' }] },
    });
    expectStatus(await change(person.password, 'a new and long password'), 204);
    expectStatus(await mine.get('/v1/auth/me'), 200);
    expectStatus(await elsewhere.get('/v1/auth/me'), 401);
    expectStatus(await logIn(person), 401);
    expectStatus(await logIn({ ...person, password: 'a new and long password' }), 200);
    expectStatus(await change('a new and long password', person.password), 204);
    expectStatus(
      await tenant.key.post('/v1/auth/password', {
        currentPassword: 'x',
        newPassword: 'a new and long password',
      }),
      401,
    );
  });

  it('ends the session at once, for every copy of the cookie', async () => {
    const cookie = pairOf(await logIn(person));
    const caller = app.anonymous.with({ cookie });
    expectStatus(await caller.get('/v1/auth/me'), 200);
    const ended = await post('/v1/auth/logout', {}, { cookie });
    expect(ended.status).toBe(204);
    expect(cookieOf(ended)).toMatch(/^__Host-countersign=;/);
    expectStatus(await caller.get('/v1/auth/me'), 401);
    expectStatus(await caller.get('/v1/sessions'), 401);
  });

  it('ends a session that was idle, that is too old, or whose person was disabled', async () => {
    const ways = [
      `UPDATE user_sessions SET seen_at = now() - interval '31 minutes'`,
      `UPDATE user_sessions SET expires_at = now()`,
      `UPDATE users SET disabled_at = now() WHERE true`,
    ];
    for (const sql of ways) {
      const answer = await logIn(person);
      const caller = app.anonymous.with({ cookie: pairOf(answer) });
      expectStatus(await caller.get('/v1/auth/me'), 200);
      const column = sql.includes('user_sessions') ? 'user_id' : 'id';
      const where = `${sql.includes('WHERE') ? ' AND' : ' WHERE'} ${column} = $1`;
      await app.sql(`${sql}${where}`, [answer.body.id]);
      expectStatus(await caller.get('/v1/auth/me'), 401);
    }
    expectStatus(await logIn(person), 401);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another host of the same site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://elsewhere.example' }],
    ['an origin that the browser hides', { origin: 'null' }],
  ])('refuses a change that comes from %s', async (_, headers) => {
    const cookie = pairOf(await logIn(person));
    const refused = { status: 403, body: { code: 'cross_site_request' } };
    expect(await post('/v1/reviews/claim-next', {}, { cookie, ...headers })).toMatchObject(refused);
    expect(await post('/v1/auth/logout', {}, { cookie, ...headers })).toMatchObject(refused);
    expect(await logIn(person, headers)).toMatchObject(refused);
    expectStatus(await post('/v1/reviews/claim-next', {}, { cookie }), 200);
  });

  it('takes a change from its own pages', async () => {
    const cookie = pairOf(await logIn(person));
    const own = { cookie, origin: app.url, 'sec-fetch-site': 'same-origin' };
    expectStatus(await post('/v1/reviews/claim-next', {}, own), 200);
  });

  it('refuses the bodies that a foreign form can send', async () => {
    const cookie = pairOf(await logIn(person));
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      for (const path of ['/v1/auth/login', '/v1/reviews/claim-next']) {
        const answer = await post(path, person, { cookie, 'content-type': type });
        expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
      }
    }
  });
});
