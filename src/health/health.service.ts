import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { migrations } from '../../migrations/index.js';
import { StartError } from '../config.js';
import { TenantDb } from '../database/tenant-db.js';

const CACHE_MS = 1000;
const LIMIT_MS = 1000;

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

  constructor(private readonly db: TenantDb) {}

  /**
   * A role that could see past row-level security, or a schema of another version, must not serve. Workers begin at
   * bootstrap, which is after this.
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
  }

  /** From now on the process is not ready: balancers send new requests elsewhere. */
  drain(): void {
    this.isDraining = true;
    this.last = undefined;
  }

  report(): Promise<HealthReport> {
    if (this.last && Date.now() - this.last.at < CACHE_MS) return this.last.report;
    this.last = { at: Date.now(), report: this.check() };
    return this.last.report;
  }

  private async check(): Promise<HealthReport> {
    if (this.isDraining) return { status: 'unavailable', checks: { shutdown: 'in progress' } };
    const checks: Record<string, string> = {};
    try {
      const timer = new Promise<never>((_, reject) => {
        setTimeout(() => reject(new Error('no answer in time')), LIMIT_MS).unref();
      });
      checks.database = 'ok';
      checks.schema = await Promise.race([this.checkSchema(), timer]);
    } catch {
      checks.database = 'unreachable';
    }
    const ok = Object.values(checks).every((check) => check === 'ok');
    return { status: ok ? 'ok' : 'unavailable', checks };
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
