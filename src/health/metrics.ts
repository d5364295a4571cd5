import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram } from 'prom-client';
import { TenantDb } from '../database/tenant-db.js';
import { wasAnswered, whenEnded } from '../http/when-ended.js';
import { registry } from '../metrics/registry.js';
import { YotiClient } from '../yoti/yoti-client.js';
import { environments } from '../credentials/environment.js';
import { CredentialHealth } from './credential-health.js';
import { DatabaseGauges } from './database-gauges.js';
import { HealthService } from './health.service.js';
import { within } from './within.js';

const CACHE_MS = 250;
const LIMIT_MS = 2000;

const requests = new Histogram({
  name: 'countersign_http_request_duration_seconds',
  help: 'Duration of HTTP requests',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [registry],
});

const circuitChanges = new Counter({
  name: 'countersign_yoti_circuit_changes_total',
  help: 'Calls to Yoti of one credential and kind were paused (open), tried again (half_open) or went on (closed)',
  labelNames: ['operation', 'state'] as const,
  registers: [registry],
});

const suspects = new Gauge({
  name: 'countersign_suspect_credentials',
  help: 'Credentials that Yoti refuses',
  labelNames: ['environment'] as const,
  registers: [registry],
});

const paused = new Gauge({
  name: 'countersign_yoti_paused_credentials',
  help: 'Credentials whose calls of this kind are paused because Yoti does not answer them',
  labelNames: ['operation'] as const,
  registers: [registry],
});

const pausedEndpoints = new Gauge({
  name: 'countersign_webhook_paused_endpoints',
  help: 'Webhook endpoints that are sent nothing for a while after failures in a row',
  registers: [registry],
});

const ready = new Gauge({
  name: 'countersign_ready',
  help: 'Whether the process can serve (1), as /health/ready answers',
  registers: [registry],
});

function countRequest(request: FastifyRequest, reply: FastifyReply): void {
  const route = request.routeOptions.url ?? 'unknown';
  const status = wasAnswered(reply) ? `${Math.floor(reply.statusCode / 100)}xx` : 'aborted';
  requests.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
}

/** Prometheus metrics of this process and of what it reads from the database when asked. */
@Injectable()
export class Metrics implements OnApplicationBootstrap {
  /** What the database was last asked for; `readAt` is Infinity while it is being asked. */
  private last: { readAt: number; ended: Promise<unknown> } | undefined;

  constructor(
    private readonly credentials: CredentialHealth,
    private readonly yoti: YotiClient,
    private readonly db: TenantDb,
    private readonly health: HealthService,
    private readonly database: DatabaseGauges,
  ) {
    yoti.onCircuitChange(({ operation, state }) => circuitChanges.inc({ operation, state }));
  }

  onApplicationBootstrap(): void {
    if (!registry.getSingleMetric('process_cpu_seconds_total')) collectDefaultMetrics({ register: registry });
  }

  /** Call before routes are added. */
  observe(server: FastifyInstance): void {
    server.addHook('onRequest', (request, reply, done) => {
      whenEnded(request, reply, () => countRequest(request, reply));
      done();
    });
  }

  async render(): Promise<string> {
    this.countPaused();
    await this.refresh();
    return registry.metrics();
  }

  /** Anybody may ask for metrics: the database is asked once for all who come within some moments. */
  private refresh(): Promise<unknown> {
    if (this.last && performance.now() - this.last.readAt < CACHE_MS) return this.last.ended;
    const last = {
      readAt: Infinity,
      ended: this.readDatabase().finally(() => (last.readAt = performance.now())),
    };
    this.last = last;
    return last.ended;
  }

  private readDatabase(): Promise<unknown> {
    return Promise.all([
      this.database.refresh(),
      this.countSuspects(),
      this.countPausedEndpoints(),
      this.sayReady(),
    ]);
  }

  private async sayReady(): Promise<void> {
    ready.set((await this.health.report()).status === 'ok' ? 1 : 0);
  }

  private countPaused(): void {
    for (const [operation, count] of Object.entries(this.yoti.countPaused()))
      paused.set({ operation }, count);
  }

  /** What the database doesn't tell is left out: the process's own metrics are needed most then. */
  private async countSuspects(): Promise<void> {
    const counts = await within(LIMIT_MS, this.credentials.count()).catch(() => null);
    suspects.reset();
    if (!counts) return;
    for (const environment of environments) {
      suspects.set({ environment }, counts.get(environment) ?? 0);
    }
  }

  private async countPausedEndpoints(): Promise<void> {
    const count = this.db.lookUp<{ count: string }>('SELECT count_paused_endpoints() AS count', []);
    const rows = await within(LIMIT_MS, count).catch(() => []);
    if (rows[0]) pausedEndpoints.set(Number(rows[0].count));
    else pausedEndpoints.remove();
  }
}
