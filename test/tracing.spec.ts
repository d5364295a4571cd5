import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './support/app.js';
import type { Any } from './support/client.js';
import { addPerson, createReadyTenant, expectStatus, finishSession } from './support/factories.js';
import { KillableSite } from './support/killable-site.js';
import { listen } from './support/session-story.js';
import { TraceCollector, type CollectedSpan } from './support/trace-collector.js';
import type { ReceivedWebhook } from './support/webhook-receiver.js';

const [SERVER, CLIENT, CONSUMER] = [2, 3, 5];
const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const canary = () => `canary-${randomUUID()}`;

/** What Node loaded in a process that has ended in order. */
function loadedBy(coverage: string): string[] {
  const files = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
  return files.flatMap((file): string[] => JSON.parse(file).result.map(({ url }: Any) => url as string));
}

describe('traces', () => {
  let collector: TraceCollector;
  let site: KillableSite;
  let coverage: string;
  /** Personal and secret: name → value. */
  const hidden: Record<string, string> = { reference: canary(), branch: canary(), query: canary() };
  let session: Any;
  let creation: CollectedSpan;
  let webhooks: ReceivedWebhook[];
  let tenantId: string;

  const attemptOf = ({ headers }: ReceivedWebhook): CollectedSpan | undefined =>
    collector.spans.find(({ spanId }) => headers.traceparent?.includes(spanId));
  const parentOf = ({ parentSpanId }: CollectedSpan): CollectedSpan | undefined =>
    collector.spans.find(({ spanId }) => spanId === parentSpanId);
  const webhookOf = (type: string) => webhooks.find(({ event }) => event.type === type)!;

  /** The whole main job, from a tenant's back-end that traces itself to the webhooks of a reviewed decision. */
  beforeAll(async () => {
    collector = await TraceCollector.start();
    coverage = mkdtempSync(join(tmpdir(), 'countersign-traced-'));
    site = await KillableSite.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.origin,
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      LOG_LEVEL: 'info',
      NODE_V8_COVERAGE: coverage,
    });
    const tenant = await createReadyTenant(site);
    tenantId = tenant.id;
    const path = await listen(site, tenant);
    const key = tenant.key.with({
      traceparent: `00-${caller.traceId}-${caller.spanId}-01`,
      baggage: `customer=${hidden.query}`,
      tracestate: `vendor=${hidden.query}`,
    });
    const body = { policy: 'identity', reference: hidden.reference, metadata: { branch: hidden.branch } };
    session = expectStatus(await key.post('/v1/sessions', body), 201);
    await finishSession(site, tenant, session, 'forged_document');
    await eventually(
      async () => (await tenant.key.get(`/v1/sessions/${session.id}`)).body.outcome === 'in_review',
      60_000,
    );
    const reviewer = await addPerson(site, tenant, 'reviewer');
    const { review } = expectStatus(await reviewer.post('/v1/reviews/claim-next'), 200);
    const decision = { decision: 'approved', reasonCode: 'false_alarm', note: hidden.branch };
    expectStatus(await reviewer.post(`/v1/reviews/${review.id}/decision`, decision), 200);
    expectStatus(await tenant.key.get(`/v1/sessions?reference=${hidden.query}`), 200);
    const result = expectStatus(await tenant.key.get(`/v1/sessions/${session.id}/result`), 200);
    const { full_name: name, date_of_birth: birth, document_number: number } = result.idDocuments[0].fields;
    Object.assign(hidden, { name, birth, number, apiKey: tenant.apiKey });
    hidden.link = session.client.hostedUrl.split('/').at(-1);
    hidden.token = session.client.yotiSessionToken;
    await site.anonymous.get(`/verify/${hidden.link}`);
    const owed = () => site.sql('SELECT 1 FROM deliveries WHERE next_attempt_at IS NOT NULL');
    await eventually(async () => (await owed()).length === 0, 60_000);
    webhooks = site.receiver.received.filter((each) => each.path === path);
    // Spans are sent when the process stops in order, at the latest.
    await site.server.terminate();
    [creation] = collector.named('POST /v1/sessions') as [CollectedSpan];
  }, 240_000);

  afterAll(async () => {
    await site.stop();
    await collector.close();
    rmSync(coverage, { recursive: true });
  });

  it("continue the caller's in the request that creates a session", () => {
    expect(creation).toMatchObject({ traceId: caller.traceId, parentSpanId: caller.spanId, kind: SERVER });
    expect(creation.attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/v1/sessions',
      'http.response.status_code': 201,
      'countersign.tenant.id': tenantId,
    });
    const [call] = collector.named('yoti create').filter(({ traceId }) => traceId === caller.traceId);
    expect(call).toMatchObject({ parentSpanId: creation.spanId, kind: CLIENT });
    expect(call?.attributes).toMatchObject({
      'countersign.yoti.operation': 'create',
      'http.response.status_code': 201,
    });
  });

  it('keep one trace id from the request through sync and decision to the delivered webhooks', () => {
    const types = webhooks.map(({ event }) => event.type);
    expect(types).toEqual(
      expect.arrayContaining(['session.created', 'session.completed', 'review.opened', 'review.decided']),
    );
    for (const webhook of webhooks) {
      const attempt = attemptOf(webhook);
      expect(attempt).toMatchObject({ name: 'webhook attempt', kind: CLIENT });
      expect(webhook.headers.traceparent).toBe(`00-${attempt?.traceId}-${attempt?.spanId}-01`);
      expect(attempt?.attributes).toMatchObject({
        'countersign.event.id': webhook.event.id,
        'countersign.event.type': webhook.event.type,
        'http.response.status_code': 204,
      });
      expect(attempt && parentOf(attempt)).toMatchObject({ name: 'work deliveries', kind: CONSUMER });
    }
    const automatic = webhooks.filter(
      ({ event }) => event.type.startsWith('session.') && event.type !== 'session.decided',
    );
    for (const webhook of [...automatic, webhookOf('review.opened')]) {
      expect({ type: webhook.event.type, traceId: attemptOf(webhook)?.traceId }).toEqual({
        type: webhook.event.type,
        traceId: caller.traceId,
      });
    }
  });

  it('show what caused what: the request its event and every sync, the sync what it found', () => {
    const causeOf = (type: string) => parentOf(parentOf(attemptOf(webhookOf(type))!)!);
    expect(causeOf('session.created')).toBe(creation);
    const sync = causeOf('session.completed')!;
    expect(sync).toMatchObject({ name: 'work sessions', kind: CONSUMER, parentSpanId: creation.spanId });
    expect(sync.attributes).toMatchObject({
      'countersign.work.kind': 'sessions',
      'countersign.work.id': session.id,
      'countersign.tenant.id': tenantId,
    });
    expect(causeOf('review.opened')).toBe(sync);
    const reads = collector.named('yoti read').filter(({ parentSpanId }) => parentSpanId === sync.spanId);
    expect(reads.length).toBeGreaterThan(0);
    for (const { kind, traceId } of reads)
      expect({ kind, traceId }).toEqual({ kind: CLIENT, traceId: caller.traceId });
  });

  it("link Yoti's notifications and a later person's decision to the session's trace", () => {
    const link = { traceId: caller.traceId, spanId: creation.spanId };
    const notifications = collector.named('POST /hooks/yoti/:opaque');
    expect(notifications.length).toBeGreaterThan(0);
    for (const { traceId, parentSpanId, links } of notifications) {
      expect(traceId).not.toBe(caller.traceId);
      expect({ parentSpanId, links }).toEqual({
        parentSpanId: undefined,
        links: [expect.objectContaining(link)],
      });
    }
    const work = parentOf(attemptOf(webhookOf('review.decided'))!)!;
    expect(work.links).toEqual([expect.objectContaining(link)]);
    expect(parentOf(work)).toMatchObject({ name: 'POST /v1/reviews/:id/decision', traceId: work.traceId });
  });

  it('hold no personal data, secret, address or id in a name', () => {
    for (const [name, value] of Object.entries(hidden)) {
      expect({ name, value, seen: collector.text.includes(value) }).toEqual({ name, value, seen: false });
    }
    expect(collector.text).not.toContain(session.client.yotiSessionId);
    for (const { name } of collector.spans) expect(name).not.toMatch(/[0-9a-f]{8}-|\?|@/);
    expect(collector.named('GET /health/ready').concat(collector.named('GET /metrics'))).toEqual([]);
  });

  it('say which service sent them, and its operator may say more', () => {
    expect(collector.resources[0]).toMatchObject({
      'service.name': 'countersign',
      'deployment.environment.name': 'test',
    });
  });

  it('are named by the log lines of their requests', () => {
    const lines = site.server
      .output()
      .split('\n')
      .filter((line) => line.includes(creation.spanId));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        trace_id: caller.traceId,
        req: { method: 'POST', route: '/v1/sessions' },
        res: { statusCode: 201 },
      }),
    ]);
  });

  it('need the SDK', () => {
    expect(loadedBy(coverage).some((url) => url.includes('/@opentelemetry/sdk-trace'))).toBe(true);
  });
});

describe('without a collector', () => {
  it('nothing of the SDK is loaded, stored or sent on', async () => {
    const coverage = mkdtempSync(join(tmpdir(), 'countersign-untraced-'));
    const site = await KillableSite.start({ NODE_V8_COVERAGE: coverage });
    try {
      const tenant = await createReadyTenant(site);
      const path = await listen(site, tenant);
      const key = tenant.key.with({ traceparent: `00-${caller.traceId}-${caller.spanId}-01` });
      expectStatus(await key.post('/v1/sessions', { policy: 'identity' }), 201);
      const [created] = await site.receiver.events(path);
      expect(created?.headers).not.toHaveProperty('traceparent');
      for (const table of ['sessions', 'events']) {
        expect(await site.sql(`SELECT 1 FROM ${table} WHERE trace_context IS NOT NULL`)).toEqual([]);
      }
      expect(await site.server.terminate()).toBe(0);
      const loaded = loadedBy(coverage);
      expect(loaded.some((url) => url.includes('/fastify/'))).toBe(true);
      expect(loaded.filter((url) => /@opentelemetry\/(?!api\/)/.test(url))).toEqual([]);
    } finally {
      await site.stop();
      rmSync(coverage, { recursive: true });
    }
  }, 120_000);
});
