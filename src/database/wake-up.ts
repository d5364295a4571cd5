import { EventEmitter } from 'node:events';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import pg from 'pg';
import { CONFIG, type Config } from '../config.js';
import { CONNECTION_WAIT_MS } from './data-source.js';
import { TenantDb } from './tenant-db.js';

const CHANNEL = 'countersign_work';
/** Commits that notify take one global lock, so notifications are gathered and sent apart from the transactions. */
const GATHER_MS = 20;
const RECONNECT_MS = 1000;
/** A database that takes the connection and then says nothing is asked anew. */
const LISTEN_LIMIT_MS = 2000;
const HALT = Symbol('halt');

/** Kinds of due work. */
export type WorkKind = 'sessions' | 'deliveries' | 'credentials' | 'emails';

/** Tells workers, of this process and of others, that there is work. A lost wake-up only costs a second of polling. */
@Injectable()
export class WakeUp implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly log = new Logger(WakeUp.name);
  private readonly emitter = new EventEmitter();
  private readonly pending = new Set<WorkKind>();
  private timer: NodeJS.Timeout | undefined;
  private listener: pg.Client | undefined;
  private stopped = false;

  constructor(
    private readonly db: TenantDb,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'api') void this.listen();
  }

  /** The stop begins for all workers at once, before each is waited for. */
  onModuleDestroy(): void {
    this.emitter.emit(HALT);
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.listener?.end().catch(() => undefined);
  }

  /** Call after the commit that made the work due. */
  wake(kind: WorkKind): void {
    this.emitter.emit(kind);
    if (this.config.role === 'all') return;
    this.pending.add(kind);
    this.timer ??= setTimeout(() => void this.send(), GATHER_MS);
  }

  /** @returns a function that stops listening */
  onWake(kind: WorkKind, listener: () => void): () => void {
    this.emitter.on(kind, listener);
    return () => this.emitter.off(kind, listener);
  }

  /** Called when the server begins to stop. @returns a function that stops listening */
  onHalt(listener: () => void): () => void {
    this.emitter.on(HALT, listener);
    return () => this.emitter.off(HALT, listener);
  }

  private async send(): Promise<void> {
    const kinds = [...this.pending];
    this.pending.clear();
    this.timer = undefined;
    for (const kind of kinds) {
      await this.db.lookUp('SELECT pg_notify($1, $2)', [CHANNEL, kind]).catch(() => undefined);
    }
  }

  private async listen(): Promise<void> {
    if (this.stopped) return;
    const client = new pg.Client({
      connectionString: this.config.databaseListenUrl,
      application_name: 'countersign wake-up',
      connectionTimeoutMillis: CONNECTION_WAIT_MS,
      query_timeout: LISTEN_LIMIT_MS,
      keepAlive: true,
    });
    this.listener = client;
    const again = () => {
      if (this.listener !== client || this.stopped) return;
      this.listener = undefined;
      setTimeout(() => void this.listen(), RECONNECT_MS).unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload }) => this.emitter.emit(payload ?? ''));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      this.log.warn('can not listen for work, polling meanwhile');
      again();
      // Connected it may be all the same: a standby takes connections and refuses LISTEN.
      await client.end().catch(() => undefined);
    }
  }
}
