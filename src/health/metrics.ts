import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { YotiClient } from '../yoti/yoti-client.js';
import { environments } from '../credentials/environment.js';
import { CredentialHealth } from './credential-health.js';

/** Prometheus metrics. Labels are route templates and status classes, never ids. */
@Injectable()
export class Metrics implements OnApplicationBootstrap {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'countersign_http_request_duration_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  private readonly circuitChanges = new Counter({
    name: 'countersign_yoti_circuit_changes_total',
    help: 'Calls to Yoti of one credential and kind were paused (open), tried again (half_open) or went on (closed)',
    labelNames: ['operation', 'state'] as const,
    registers: [this.registry],
  });

  private readonly suspects = new Gauge({
    name: 'countersign_suspect_credentials',
    help: 'Credentials that Yoti refuses',
    labelNames: ['environment'] as const,
    registers: [this.registry],
  });

  constructor(
    private readonly credentials: CredentialHealth,
    yoti: YotiClient,
  ) {
    yoti.onCircuitChange(({ operation, state }) => this.circuitChanges.inc({ operation, state }));
    const paused = new Gauge({
      name: 'countersign_yoti_paused_credentials',
      help: 'Credentials whose calls of this kind are paused because Yoti does not answer them',
      labelNames: ['operation'] as const,
      registers: [this.registry],
      collect: () => {
        for (const [operation, count] of Object.entries(yoti.countPaused())) paused.set({ operation }, count);
      },
    });
  }

  onApplicationBootstrap(): void {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Call before routes are added. */
  observe(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe(
        { method: request.method, route, status: `${Math.floor(reply.statusCode / 100)}xx` },
        reply.elapsedTime / 1000,
      );
      done();
    });
  }

  async render(): Promise<string> {
    await this.countSuspects();
    return this.registry.metrics();
  }

  /** What the database doesn't tell is left out: the process's own metrics are needed most then. */
  private async countSuspects(): Promise<void> {
    this.suspects.reset();
    const counts = await this.credentials.count().catch(() => null);
    if (!counts) return;
    for (const environment of environments) {
      this.suspects.set({ environment }, counts.get(environment) ?? 0);
    }
  }
}
