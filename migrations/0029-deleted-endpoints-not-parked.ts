import type { MigrationInterface, QueryRunner } from 'typeorm';
import { newDefinerBody } from '../src/database/rls.js';
import { depth, DUE, PARKED } from './0019-queues.js';

/** Parked deliveries to an endpoint that was deleted can't be replayed any more, and are no longer counted. */
export class DeletedEndpointsNotParked1763800000029 implements MigrationInterface {
  name = 'DeletedEndpointsNotParked1763800000029';

  async up(q: QueryRunner): Promise<void> {
    const parked = {
      ...PARKED,
      deliveries: `${PARKED.deliveries}
           AND EXISTS (SELECT 1 FROM webhook_endpoints w
                        WHERE w.tenant_id = p.tenant_id AND w.id = p.endpoint_id AND w.deleted_at IS NULL)`,
    };
    await q.query(
      newDefinerBody(
        'queue_depths()',
        'TABLE (kind text, due bigint, lag double precision, leased bigint, parked bigint)',
        Object.entries(DUE)
          .map(([table, due]) => depth(table, due, parked[table as keyof typeof parked]))
          .join(' UNION ALL '),
      ),
    );
  }

  async down(): Promise<void> {
    throw new Error('Migrations go forward only.');
  }
}
