import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import { createReadyTenant, createSession, expectStatus, finishSession } from './support/factories.js';
import { emailLink } from './support/links.js';
import { brokenInvariants, putOffWork } from './support/invariants.js';

/** As long as it takes to see that nobody does what is due. */
const PATIENCE_MS = 300;

/** Nobody is there, and nobody sends. */
const MAIL = {
  host: '127.0.0.1',
  port: 9,
  secure: false,
  requireTls: false,
  login: null,
  from: { name: 'Verification', address: 'verify@platform.example' },
};

/** What the statements speak of, under the names by which they do. */
type Known = Record<'closed' | 'open' | 'yoti' | 'name' | 'number' | 'link', string>;

/** A fault, and what takes it back. */
type Broken = [rule: string, fault: (known: Known) => string, mend: (known: Known) => string];

const LYING = 'I7 nothing that is due is left lying';
const WRITTEN = 'I6 nothing secret or personal is written in clear';
const LATER = `now() + interval '1 day'`;

/** A table's due work is due, and the lease that somebody had on it has ended. */
const left = (table: string, due: string, which: (known: Known) => string, after = LATER): Broken => [
  LYING,
  (known) =>
    `UPDATE ${table} SET ${due} = now(), lease_token = gen_random_uuid(), lease_until = now() WHERE ${which(known)}`,
  (known) =>
    `UPDATE ${table} SET ${due} = ${after}, lease_token = NULL, lease_until = NULL WHERE ${which(known)}`,
];

/** A text is written into a column that is empty otherwise. */
const written = (table: string, column: string, text: (known: Known) => string): Broken => [
  WRITTEN,
  (known) => `UPDATE ${table} SET ${column} = ${text(known)}`,
  () => `UPDATE ${table} SET ${column} = NULL`,
];

const always = () => 'true';

const FAULTS: Broken[] = [
  [
    'I2 a session at Yoti belongs to one of ours',
    ({ open, closed }) =>
      `UPDATE sessions SET yoti_session_id = (SELECT yoti_session_id FROM sessions WHERE id = '${closed}') WHERE id = '${open}'`,
    ({ open, yoti }) => `UPDATE sessions SET yoti_session_id = '${yoti}' WHERE id = '${open}'`,
  ],
  [
    'I2 an event is owed to an endpoint once',
    () =>
      `INSERT INTO deliveries (tenant_id, id, endpoint_id, event_id, next_attempt_at, attempts)
       SELECT tenant_id, gen_random_uuid(), endpoint_id, event_id, next_attempt_at, 99 FROM deliveries LIMIT 1`,
    () => 'DELETE FROM deliveries WHERE attempts = 99',
  ],
  [
    'I2 a session in review has an open case, a decided one its outcome, and no other has a case',
    () => `UPDATE reviews SET status = 'withdrawn'`,
    () => `UPDATE reviews SET status = 'open'`,
  ],
  [
    'I3 a session goes forward only, and nothing happens to it twice',
    ({ closed }) =>
      `UPDATE events SET sequence = 3 - sequence WHERE sequence < 3 AND session_id = '${closed}'`,
    ({ closed }) =>
      `UPDATE events SET sequence = 3 - sequence WHERE sequence < 3 AND session_id = '${closed}'`,
  ],
  [
    'I3 a session is in the state that its closing event tells',
    ({ closed }) => `UPDATE sessions SET status = 'ongoing', next_sync_at = ${LATER} WHERE id = '${closed}'`,
    ({ closed }) => `UPDATE sessions SET status = 'completed', next_sync_at = NULL WHERE id = '${closed}'`,
  ],
  [
    'I3 a closed session has told so',
    ({ open }) => `UPDATE sessions SET status = 'expired' WHERE id = '${open}'`,
    ({ open }) => `UPDATE sessions SET status = 'ongoing' WHERE id = '${open}'`,
  ],
  [
    "I4 a session's events are numbered without gap or double",
    ({ open }) => `UPDATE events SET sequence = 2 WHERE session_id = '${open}'`,
    ({ open }) => `UPDATE events SET sequence = 1 WHERE session_id = '${open}'`,
  ],
  [
    'I4 a change has one event and one audit entry',
    () => `UPDATE audit_entries SET action = 'lost' WHERE action = 'policy.published'`,
    () => `UPDATE audit_entries SET action = 'policy.published' WHERE action = 'lost'`,
  ],
  [
    "I5 the server's role has no right to change an audit entry or to take one away",
    () => 'GRANT UPDATE (details) ON audit_entries TO countersign_app',
    () => 'REVOKE UPDATE (details) ON audit_entries FROM countersign_app',
  ],
  written('audit_entries', 'request_id', () => `'csk_' || repeat('a', 43)`),
  written('deliveries', 'parked_reason', () => `'-----BEGIN PRIVATE KEY-----'`),
  written('sessions', 'failure_code', ({ name }) => `'${name} was refused'`),
  written('emails', 'error_class', ({ number }) => `'a document ${number}'`),
  written('sessions', 'sync_error', ({ link }) => `'https://verify.example/${link}?from=mail'`),
  written('sessions', 'last_client_event', ({ yoti }) => `'{"sessionToken": "${yoti}"}'`),
  left('sessions', 'next_sync_at', ({ open }) => `id = '${open}'`),
  left('deliveries', 'next_attempt_at', always),
  left('credentials', 'next_look_at', always, 'NULL'),
  left('emails', 'next_attempt_at', always),
  [
    'I7 an open session is due at some time, or parked',
    ({ open }) => `UPDATE sessions SET next_sync_at = NULL WHERE id = '${open}'`,
    ({ open }) => `UPDATE sessions SET next_sync_at = ${LATER} WHERE id = '${open}'`,
  ],
  [
    'I7 a delivery that is owed is due at some time',
    () => 'UPDATE deliveries SET next_attempt_at = NULL',
    () => `UPDATE deliveries SET next_attempt_at = ${LATER}`,
  ],
  [
    'I7 a credential that is refused, suspect or retiring is looked at again at some time',
    () => 'UPDATE credentials SET refused_at = now()',
    () => 'UPDATE credentials SET refused_at = NULL',
  ],
  [
    'I1 a tenant sees no row of another',
    () => 'ALTER TABLE policies DISABLE ROW LEVEL SECURITY',
    () => 'ALTER TABLE policies ENABLE ROW LEVEL SECURITY',
  ],
];

describe('what the fault tests look at after each test', () => {
  let app: TestApp;
  let known: Known;

  beforeAll(async () => {
    // No worker: what is due stays so.
    app = await startTestApp({ config: { role: 'api', mail: MAIL } });
    const tenant = await createReadyTenant(app);
    const endpoint = { url: 'https://hooks.example/', events: ['session.created'] };
    expectStatus(await tenant.key.post('/v1/webhook-endpoints', endpoint), 201);
    const [closed, open] = [await createSession(tenant), await createSession(tenant)];
    await emailLink(tenant, open.id, { email: 'person@mail.example' });
    await finishSession(app, tenant, closed, 'forged_document');
    const path = `/v1/sessions/${closed.id}`;
    await eventually(async () => (await tenant.key.post(`${path}/sync`)).body.status === 'completed');
    const { fields } = expectStatus(await tenant.key.get(`${path}/result`), 200).idDocuments[0];
    known = {
      closed: closed.id,
      open: open.id,
      yoti: open.client.yotiSessionId,
      name: fields.full_name,
      number: fields.document_number,
      link: new URL(open.client.hostedUrl as string).pathname.split('/').at(-1) ?? '',
    };
    await putOffWork(app);
    expect(await broken()).toEqual([]);
  }, 60_000);

  afterAll(() => app.stop());

  const broken = async (site = {}) => Object.keys(await brokenInvariants({ ...app, ...site }, PATIENCE_MS));

  afterEach(async () => {
    expect(await broken()).toEqual([]);
  });

  it.each(FAULTS)('sees that this is broken: %s', async (rule, fault, mend) => {
    await app.sql(fault(known));
    try {
      expect(await broken()).toEqual([rule]);
    } finally {
      await app.sql(mend(known));
    }
  });

  it('sees that a server does not answer', async () => {
    expect(await broken({ url: 'http://127.0.0.1:9/' })).toEqual(['I8 the server answers']);
  });

  it.each<[string, (known: Known) => string]>([
    ['what has the form of a secret', () => `{"msg":"csk_${'a'.repeat(43)}"}`],
    ['a token whose hash is stored', ({ link }) => `GET /verify/${link}`],
    ['a name', ({ name }) => `no room for ${name}`],
  ])('sees that a server prints %s', async (_, printed) => {
    const output = () => `it starts\n${printed(known)}\nit ends`;
    expect(await broken({ output })).toEqual(['I6 nothing secret or personal is printed']);
  });

  it('sees nothing in what a server may print', async () => {
    expect(await broken({ output: () => `it starts\n${known.closed} 00-${known.open}-01\n` })).toEqual([]);
  });
});
