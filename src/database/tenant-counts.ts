import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { TenantDb } from './tenant-db.js';

const FLUSH_MS = 2000;

/** What is counted by tenant and hour. */
export type CountKind = 'notification_forged' | 'found_without_notification';

/**
 * Counts what callers could cause without limit, or what happens to many sessions at once: gathered in the process and
 * added to the tenant's row of the hour every two seconds, so that no transaction waits for a counter. A process that is
 * killed loses what it had not yet added.
 */
@Injectable()
export class TenantCounts implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger(TenantCounts.name);
  private pending = new Map<string, Map<CountKind, number>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly db: TenantDb) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  add(tenantId: string, kind: CountKind, count = 1): void {
    const counts = this.pending.get(tenantId) ?? new Map<CountKind, number>();
    counts.set(kind, (counts.get(kind) ?? 0) + count);
    this.pending.set(tenantId, counts);
  }

  private async flush(): Promise<void> {
    const gathered = this.pending;
    this.pending = new Map();
    for (const [tenantId, counts] of gathered) {
      await this.store(tenantId, counts).catch((error: unknown) => {
        this.log.warn(`can not add up counts: ${(error as Error).message}`);
        for (const [kind, count] of counts) this.add(tenantId, kind, count);
      });
    }
  }

  private async store(tenantId: string, counts: Map<CountKind, number>): Promise<void> {
    await this.db.run(tenantId, (em) =>
      em.query(
        `INSERT INTO tenant_counts AS c (tenant_id, hour, kind, count)
         SELECT $1, date_trunc('hour', now(), 'UTC'), kind, count FROM unnest($2::text[], $3::bigint[]) AS n (kind, count)
         ON CONFLICT (tenant_id, hour, kind) DO UPDATE SET count = c.count + excluded.count`,
        [tenantId, [...counts.keys()], [...counts.values()]],
      ),
    );
  }
}
