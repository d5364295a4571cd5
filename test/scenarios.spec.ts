import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { scenarioOfNumber, SCENARIOS } from '../src/simulator/scenarios.js';
import { eventually, startTestApp, type TestApp } from './support/app.js';
import type { Any } from './support/client.js';
import {
  activateCredential,
  createSession,
  createTenant,
  expectStatus,
  publishPolicy,
  type TestTenant,
} from './support/factories.js';

/** What becomes of a session in Countersign. */
interface Ending {
  status: string;
  outcome: string | null;
  /** What the person's client ended with, as its page tells Countersign. */
  clientError?: number;
  events: string[];
  /** What else is true then. */
  also?: (tenant: TestTenant, session: Any) => Promise<void>;
}

/** Where the person has been, up to the end of the checks. */
const THROUGH = ['session.created', 'session.started', 'session.submitted', 'session.completed'];
const approved: Ending = {
  status: 'completed',
  outcome: 'approved',
  events: [...THROUGH, 'session.decided'],
};
const inReview: Ending = { status: 'completed', outcome: 'in_review', events: [...THROUGH, 'review.opened'] };
const expired: Ending = {
  status: 'expired',
  outcome: null,
  events: ['session.created', 'session.started', 'session.expired'],
};
const refused = (clientError: number): Ending => ({
  ...expired,
  clientError,
  events: [...expired.events, 'session.client_error'],
});
/** Yoti refuses every look: nothing is known, and nothing is made up. */
const unknown: Ending = { status: 'ongoing', outcome: null, events: ['session.created'] };

describe('scenarios through the whole server', () => {
  let app: TestApp;

  beforeAll(async () => {
    // A call that hangs is given up soon, without a real wait.
    app = await startTestApp({ yoti: { headersMs: 2000, backoffMs: 50 } });
  });
  afterAll(() => app.stop());

  const read = async (tenant: TestTenant, path: string) => expectStatus(await tenant.key.get(path), 200);

  async function inbox(tenant: TestTenant, session: Any): Promise<Any[]> {
    return (await read(tenant, `/v1/notifications?sessionId=${session.id}&limit=200`)).items;
  }

  const withheld = async (tenant: TestTenant, session: Any) => {
    const result = await read(tenant, `/v1/sessions/${session.id}/result`);
    expect(result.idDocuments).toMatchObject([
      { documentType: 'AADHAAR', issuingCountry: 'IND', fields: null },
    ]);
    const { items } = await read(tenant, `/v1/sessions/${session.id}/media`);
    expect(items.length).toBeGreaterThan(0);
    for (const { id } of items) {
      const media = await tenant.key.get(`/v1/sessions/${session.id}/media/${id}`);
      expect(media).toMatchObject({ status: 204, body: '' });
    }
    const looks = await read(
      tenant,
      `/v1/audit-entries?sessionId=${session.id}&action=media.failed&limit=200`,
    );
    expect(looks.items.map(({ details }: Any) => details)).toEqual(
      expect.arrayContaining(items.map(({ id }: Any) => ({ mediaId: id, code: 'withheld' }))),
    );
  };
  const poured = async (tenant: TestTenant, session: Any) => {
    const sent = app.simulator
      .notifications()
      .filter(({ sessionId }) => sessionId === session.client.yotiSessionId);
    const completions = sent.filter(({ body }) => body.topic === 'session_completion');
    expect(completions).toHaveLength(4);
    expect(sent.some(({ body }) => body.topic === 'unknown_topic')).toBe(true);
    expect(await inbox(tenant, session)).not.toEqual([]);
  };
  const silent = async (tenant: TestTenant, session: Any) => {
    expect(await inbox(tenant, session)).toEqual([]);
  };
  const notReadable = async (tenant: TestTenant, session: Any) => {
    // A look while the worker has the session is answered with what is known, before the worker's own look.
    await eventually(async () => [502, 503].includes((await look(tenant, session)).status));
    expect((await tenant.key.get(`/v1/sessions/${session.id}/result`)).body.code).toBe(
      'result_not_available',
    );
  };

  const table: Record<string, Ending> = {
    happy: approved,
    liveness_second_try: approved,
    liveness_exhausted: refused(5002),
    extraction_manual_fallback: approved,
    forged_document: inReview,
    tampered_document: inReview,
    expired_document: refused(4001),
    blurred_not_available: inReview,
    face_mismatch: inReview,
    face_match_low_score_manual_pass: approved,
    third_party_consider: inReview,
    watchlist_hit: inReview,
    manual_review: inReview,
    check_internal_error: inReview,
    user_abandons: expired,
    aadhaar_media_withheld: { ...approved, also: withheld },
    webhook_storm: { ...approved, also: poured },
    webhook_lost: { ...approved, also: silent },
    yoti_503_burst: approved,
    yoti_hang: approved,
    key_revoked: { ...unknown, also: notReadable },
    cross_tenant_probe: { ...unknown, also: notReadable },
  };

  it('are all in the table, and documented as they end', () => {
    expect(Object.keys(table).toSorted()).toEqual(SCENARIOS.map(({ name }) => name).toSorted());
    const rows = readFileSync(new URL('../docs/scenarios.md', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()));
    const documented = rows.map(([, name = '', number, status, outcome, code]) => {
      expect(scenarioOfNumber(number)).toBe(name);
      return [name, { status, outcome: outcome || null, ...(code && { clientError: Number(code) }) }];
    });
    const endings = Object.entries(table).map(([name, { status, outcome, clientError }]) => {
      return [name, { status, outcome, ...(clientError !== undefined && { clientError }) }];
    });
    expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(endings));
  });

  /** A policy that every scenario has something to say about. */
  async function tenantFor(scenario: string): Promise<TestTenant> {
    const tenant = await createTenant(app);
    await activateCredential(app, tenant);
    const more = {
      third_party_consider: [{ type: 'THIRD_PARTY_IDENTITY', manualCheck: 'NEVER' }],
      watchlist_hit: [{ type: 'WATCHLIST_SCREENING', categories: ['SANCTIONS', 'ADVERSE-MEDIA'] }],
    }[scenario];
    await publishPolicy(tenant, 'identity', (draft) => ({
      ...draft,
      checks: [...draft.checks, ...(more ?? [])],
      documents: [{ type: 'ID_DOCUMENT' }],
    }));
    return tenant;
  }

  /** What the hosted page tells when Yoti's client ends with an error. */
  async function tellError(session: Any, code: number): Promise<void> {
    const { pathname } = new URL(session.client.hostedUrl as string);
    const page = app.anonymous.with({ 'sec-fetch-site': 'same-origin' });
    expectStatus(await page.post(`${pathname}/events`, { type: 'error', code }), 204);
  }

  /** The session as the simulator's control paths show it. */
  async function atYoti(sessionId: string): Promise<Any> {
    const answer = await fetch(`${app.simulator.origin}/control/sessions`);
    const { items } = (await answer.json()) as { items: Any[] };
    return items.find((item) => item.sessionId === sessionId);
  }

  const look = (tenant: TestTenant, { id }: Any) => tenant.key.post(`/v1/sessions/${id}/sync`);

  it.each(Object.keys(table))(
    '%s',
    async (name) => {
      const { also, clientError, events, ...state } = table[name] ?? unknown;
      const tenant = await tenantFor(name);
      const session = await createSession(tenant);
      const yotiId = session.client.yotiSessionId as string;
      app.simulator.setScenario(name, yotiId);
      app.simulator.play(yotiId);
      expect((await atYoti(yotiId)).clientError ?? undefined).toBe(clientError);
      if (clientError !== undefined) await tellError(session, clientError);
      if (state.status === 'expired') {
        // Countersign looks once while the person is at it, and again when their time is over.
        await eventually(async () => (await look(tenant, session)).body.progress === 'capturing');
        await app.simulator.advanceClock(901);
      }
      if (state.status !== 'ongoing') {
        await eventually(async () => {
          const { body } = await look(tenant, session);
          return body.status === state.status && body.outcome === state.outcome;
        }, 60_000);
      }
      expect(await read(tenant, `/v1/sessions/${session.id}`)).toMatchObject({
        ...state,
        lastClientEvent: clientError === undefined ? null : { type: 'error', code: clientError },
      });
      const timeline = await read(tenant, `/v1/sessions/${session.id}/timeline`);
      const done = timeline.items
        .filter(({ kind }: Any) => kind === 'audit')
        .map((one: Any) => one.name as string);
      expect(done.toSorted()).toEqual(events.toSorted());
      await also?.(tenant, session);
    },
    90_000,
  );
});
