import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startSimulator, type Simulator } from '../src/simulator/simulator.js';
import { addOperator, eventually, FAST, freePort, logInOperator, type TestSite } from './support/app.js';
import { Client, type Any } from './support/client.js';
import { createTestDatabase, type TestDatabase } from './support/database.js';
import {
  addPerson,
  createReadyTenant,
  createSession,
  expectStatus,
  finishSession,
} from './support/factories.js';
import { emailLink, emailUntil } from './support/links.js';
import { MailServer } from './support/mail-server.js';
import { ServerProcess } from './support/server-process.js';
import { WebhookReceiver } from './support/webhook-receiver.js';
import { startYotiProxy, type YotiProxy } from './support/yoti-proxy.js';

/** Every form in which a text could be found: as it is, and in the encodings that store or carry text. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const forms = [secret, bytes.toString('hex'), base64, base64.replaceAll('+', '-').replaceAll('/', '_')];
  return [
    ...new Set([
      ...forms,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      bytes.toString('latin1'),
    ]),
  ];
}

/** Names of the secrets that the text shows. */
const shownIn = (text: string, secrets: Record<string, string>) =>
  Object.entries(secrets)
    .filter(([, secret]) => formsOf(secret).some((form) => text.includes(form)))
    .map(([name]) => name);

describe('I5 I8 what is secret or personal', () => {
  let database: TestDatabase;
  let admin: pg.Client;
  let simulator: Simulator;
  let proxy: YotiProxy;
  let receiver: WebhookReceiver;
  let server: ServerProcess;
  let mails: MailServer;
  let site: TestSite;
  /** Known after the main job: name → value. */
  const secrets: Record<string, string> = {};
  const note = `The person wore a ${randomUUID()} hat.`;
  const customer = `customer ${randomUUID()}`;
  /** Where the link is sent, and where it waits to be sent. */
  const [address, waiting] = [`${randomUUID()}@mail.example`, `${randomUUID()}@mail.example`];

  beforeAll(async () => {
    database = await createTestDatabase();
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    simulator = await startSimulator({ timing: FAST });
    proxy = await startYotiProxy(() => simulator.origin);
    receiver = await WebhookReceiver.start();
    mails = await MailServer.start();
    mails.refuse(waiting, 451);
    await addOperator(database.appUrl);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    server = await ServerProcess.start({
      DATABASE_URL: database.appUrl,
      ...database.settings,
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      YOTI_API_URLS: proxy.baseUrl,
      WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
      LOG_LEVEL: 'debug',
      SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
      MAIL_FROM: 'verify@platform.example',
    });
    const anonymous = new Client(url);
    site = {
      anonymous,
      operator: await logInOperator(anonymous),
      simulator: { ...simulator, baseUrl: proxy.baseUrl },
    };
    await mainJob();
  }, 60_000);

  afterAll(async () => {
    await server.kill();
    await mails.close();
    await receiver.close();
    await proxy.close();
    await simulator.close();
    await admin.end();
    await database.drop();
  });

  async function mainJob(): Promise<void> {
    const tenant = await createReadyTenant(site);
    const events = ['session.created', 'session.completed', 'review.decided'];
    const endpoint = expectStatus(
      await tenant.key.post('/v1/webhook-endpoints', { url: receiver.at('/events'), events }),
      201,
    );
    const keyed = { ...tenant, key: tenant.key.with({ 'idempotency-key': 'the-first' }) };
    const session = await createSession(keyed, { metadata: { customer } });
    const target = proxy.lastTarget();
    await emailLink(tenant, session.id, { email: address });
    await emailUntil(tenant, session.id, ({ status }) => status === 'sent');
    await emailLink(tenant, session.id, { email: waiting });
    await emailUntil(tenant, session.id, ({ attemptCount }) => attemptCount > 0);
    await finishSession(site, tenant, session, 'forged_document');
    const path = `/v1/sessions/${session.id}`;
    await eventually(async () => (await tenant.key.get(path)).body.outcome === 'in_review');
    const reviewer = await addPerson(site, tenant, 'reviewer');
    const { review } = expectStatus(await reviewer.post('/v1/reviews/claim-next'), 200);
    const { fields } = expectStatus(await reviewer.get(`${path}/result`), 200).idDocuments[0];
    const { items } = expectStatus(await reviewer.get(`${path}/media`), 200);
    for (const { id } of items) await reviewer.get(`${path}/media/${id}`);
    const decision = { decision: 'rejected', reasonCode: 'document_not_genuine', note };
    expectStatus(await reviewer.post(`/v1/reviews/${review.id}/decision`, decision), 200);
    await receiver.events('/events', 3);
    Object.assign(secrets, personal(fields), {
      customer,
      note,
      address,
      waiting,
      'API key': tenant.apiKey,
      'console session': reviewer.headers.cookie?.split('=')[1],
      'client token': session.client.yotiSessionToken,
      'hosted link': session.client.hostedUrl.split('/').at(-1),
      'notification path': target.endpoint.split('/').at(-1),
      'notification token': target.token,
      'webhook secret': endpoint.secret.replace('whsec_', ''),
      'private key': tenant.yoti?.pem.split('\n')[10],
    });
  }

  /** What identifies a person; countries and the like are in every policy. */
  function personal(fields: Any): Record<string, string> {
    const names = ['full_name', 'family_name', 'given_names', 'document_number', 'date_of_birth'];
    return Object.fromEntries(names.map((name) => [name, fields[name] as string]));
  }

  /** Every row of every table as text, binary columns as the bytes they hold. */
  async function dump(): Promise<string> {
    const { rows } = await admin.query<{ name: string }>(
      `SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    const parts: string[] = [];
    for (const { name } of rows) {
      const table = await admin.query<{ row: string }>(`SELECT to_jsonb(t)::text AS row FROM ${name} t`);
      parts.push(`-- ${name}`, ...table.rows.map(({ row }) => row));
    }
    const text = parts.join('\n');
    const bytes = [...text.matchAll(/\\\\x([0-9a-f]+)/g)].map(([, hex]) =>
      Buffer.from(hex ?? '', 'hex').toString('latin1'),
    );
    return [text, ...bytes].join('\n');
  }

  it('is known to this test', () => {
    expect(Object.keys(secrets)).toHaveLength(17);
    for (const [name, secret] of Object.entries(secrets)) {
      expect([name, secret]).toEqual([name, expect.stringMatching(/^.{6,}$/s)]);
    }
  });

  it('I5 is nowhere in clear in the database', async () => {
    const text = await dump();
    expect(text).toContain('audit_entries');
    // Binary columns were looked into as well: a sealed value names its key in clear.
    expect(text).toContain('\u0001\u0004test');
    expect(text).toContain('session.completed');
    expect(text).toContain('session.link_email_sent');
    expect(shownIn(text, secrets)).toEqual([]);
  });

  it('I5 is in no event that was sent', () => {
    expect(receiver.received).toHaveLength(3);
    expect(shownIn(JSON.stringify(receiver.received), secrets)).toEqual([]);
  });

  it('I8 is in no log line, also when something goes wrong', async () => {
    const canary = `canary-${randomUUID()}`;
    const tenant = await createReadyTenant(site);
    const { key } = tenant;
    proxy.answerCreations(
      (response) =>
        void response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ code: 'X', message: canary })),
    );
    await key.post('/v1/sessions', { policy: 'identity', reference: canary });
    proxy.answerCreations((response) => void response.writeHead(201).end(canary));
    await key.post('/v1/sessions', { policy: 'identity', metadata: { canary } });
    proxy.answerCreations(undefined);
    await site.anonymous.post('/v1/auth/login', { email: `${canary}@nowhere.example`, password: canary });
    await site.anonymous
      .with({ authorization: `Bearer ${canary}`, cookie: `__Host-countersign=${canary}` })
      .get('/v1/sessions');
    await site.anonymous.get(`/verify/${canary}`);
    await key.post(`/v1/sessions/${randomUUID()}/link/email`, { email: `${canary}@mail.example` });
    await site.anonymous.post(`/hooks/yoti/${canary}`, { session_id: canary });
    await key.get(`/v1/sessions?reference=${canary}`);
    await key.get(`/v1/sessions/${canary}?${canary}=%ff`);
    await key.get(`/v1/%ff${canary}`);
    await key.post('/v1/policies', { slug: canary, name: canary, [canary]: canary });
    await key.post('/v1/credentials', {
      name: 'x',
      sdkId: randomUUID(),
      apiUrl: proxy.baseUrl,
      privateKeyPem: canary,
    });
    await key.with({ 'content-type': canary }).post('/v1/sessions', canary);
    // A database that refuses: its message quotes the row.
    await admin.query(`ALTER TABLE sessions ADD CONSTRAINT refuse CHECK (reference IS NULL) NOT VALID`);
    const failed = await key.post('/v1/sessions', { policy: 'identity', reference: canary });
    await admin.query('ALTER TABLE sessions DROP CONSTRAINT refuse');
    expect(failed).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(failed.body)).not.toContain(canary);

    const marked = `marked-${randomUUID()}`;
    await site.anonymous.with({ 'x-request-id': marked }).get('/v1/sessions');
    await eventually(async () => server.output().includes(marked));
    expect(server.output()).toContain('unexpected error');
    expect(shownIn(server.output(), { ...secrets, canary })).toEqual([]);
  });
});
