import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { migrations } from '../../migrations/index.js';
import { StartError } from '../config.js';
import { checkKeyRing } from '../crypto/check-key-ring.js';
import { KeyRing } from '../crypto/key-ring.js';
import { databaseTrouble, type TroubleKind } from '../database/database-trouble.js';
import { TenantDb } from '../database/tenant-db.js';
import { within } from './within.js';

const CACHE_MS = 2000;
const LIMIT_MS = 1000;
/** Reading works on a full disk: that it is full is known from a change that failed this recently. */
const FULL_MEMORY_MS = 5000;

/** What is wrong with the database, in the words of the readiness answer. */
const WORDS: Record<TroubleKind, string> = {
  unreachable: 'unreachable',
  refuses: 'refuses the log-in',
  restarting: 'restarting',
  overloaded: 'has no free connection',
  slow: 'does not answer in time',
  conflict: 'does not answer in time',
  read_only: 'read only',
  full: 'no room left',
  broken: 'can not read or write its files',
  unknown_outcome: 'unreachable',
};

const PROBE_PLACE = { purpose: 'health', tenantId: '', rowId: '' };

/** What `/health/ready` answers: `ok`, or what is wrong with what. */
export interface HealthReport {
  status: 'ok' | 'unavailable';
  checks: Record<string, string>;
}

/** Whether this process can serve. Yoti isn't asked: its outage must not take every replica out of service. */
@Injectable()
export class HealthService implements OnModuleInit {
  isDraining = false;
  private readonly log = new Logger(HealthService.name);
  private last: { at: number; report: Promise<HealthReport> } | undefined;

  constructor(
    private readonly db: TenantDb,
    private readonly ring: KeyRing,
  ) {}

  /**
   * A role that could see past row-level security, a schema of another version, or keys that don't open what is stored
   * must not serve. Workers begin at bootstrap, which is after this.
   */
  async onModuleInit(): Promise<void> {
    const [role] = await this.db.lookUp<{ unsafe: boolean; name: string; limit: string }>(
      `SELECT r.rolname AS name, current_setting('statement_timeout') AS "limit", r.rolsuper OR r.rolbypassrls
              OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relname = 'sessions' AND pg_has_role(c.relowner, 'USAGE')) AS unsafe
         FROM pg_roles r WHERE r.rolname = current_user`,
      [],
    );
    if (role?.unsafe !== false) {
      throw new StartError(
        `The database role ${role?.name ?? ''} owns the tables or can bypass row-level security. ` +
          'DATABASE_URL has to name the application role countersign_app.',
      );
    }
    if (role.limit === '0') {
      this.log.warn(
        'Statements have no time limit behind this pooler: set the limits of the role countersign_app.',
      );
    }
    const schema = await this.checkSchema();
    if (schema !== 'ok') throw new StartError(`The database schema is ${schema}. Run: npm run migrate`);
    await checkKeyRing(this.db, this.ring);
  }

  /** From now on the process is not ready: balancers send new requests elsewhere. */
  drain(): void {
    this.isDraining = true;
    this.last = undefined;
  }

  report(): Promise<HealthReport> {
    const now = performance.now();
    if (this.last && now - this.last.at < CACHE_MS) return this.last.report;
    this.last = { at: now, report: this.check() };
    return this.last.report;
  }

  private async check(): Promise<HealthReport> {
    if (this.isDraining) return { status: 'unavailable', checks: { shutdown: 'in progress' } };
    const checks = { ...(await this.checkDatabase()), keys: this.checkKeys() };
    const ok = Object.values(checks).every((check) => check === 'ok');
    return { status: ok ? 'ok' : 'unavailable', checks };
  }

  private async checkDatabase(): Promise<Record<string, string>> {
    try {
      const answers = Promise.all([this.checkSchema(), this.isReadOnly()]);
      const [schema, isReadOnly] = await within(LIMIT_MS, answers);
      const isFull = this.db.recentTrouble(FULL_MEMORY_MS)?.kind === 'full';
      return { database: isReadOnly ? WORDS.read_only : isFull ? WORDS.full : 'ok', schema };
    } catch (error) {
      return { database: WORDS[databaseTrouble(error)?.kind ?? 'slow'] };
    }
  }

  private async isReadOnly(): Promise<boolean> {
    const [row] = await this.db.lookUp<{ off: boolean }>(
      `SELECT current_setting('transaction_read_only')::bool AS off`,
      [],
    );
    return row?.off !== false;
  }

  private checkKeys(): string {
    const probe = 'probe';
    try {
      const opened = this.ring.open(this.ring.seal(probe, PROBE_PLACE), PROBE_PLACE);
      return opened.toString() === probe ? 'ok' : 'not usable';
    } catch {
      return 'not usable';
    }
  }

  private async checkSchema(): Promise<string> {
    const rows = await this.db
      .lookUp<{ name: string }>('SELECT name FROM migrations', [])
      .catch((error: unknown) => {
        if ((error as { driverError?: { code?: string } }).driverError?.code === '42P01') return [];
        throw error;
      });
    const applied = new Set(rows.map(({ name }) => name));
    return migrations.every(({ name }) => applied.has(name)) ? 'ok' : 'older than this version';
  }
}
