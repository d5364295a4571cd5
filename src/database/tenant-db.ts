import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The one door to tenant rows: every query of a tenant's data runs in a transaction that names the tenant. */
@Injectable()
export class TenantDb {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in a transaction that sees only the rows of `tenantId`.
   *
   * @throws whatever `work` throws, after rolling back
   */
  async run<T>(tenantId: string, work: (em: EntityManager) => Promise<T>): Promise<T> {
    // The id goes into the SQL text, so that BEGIN and the setting are one message: nothing but a UUID may pass.
    if (!UUID.test(tenantId)) throw new Error('The id of a tenant is a lower-case UUID.');
    // Goes out with the first statement of `work`: should it fail, no tenant is set, and that statement fails too.
    return this.transaction(`BEGIN; SET LOCAL app.tenant_id = '${tenantId}'`, work, 'together');
  }

  /**
   * Runs `work` in a transaction without a tenant: reading any tenant table in it is an error. For what exists before
   * or above tenants: the tenant list, log-ins and the narrow look-up functions.
   */
  async withoutTenant<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    return this.transaction('BEGIN', work, 'first');
  }

  /** One statement without a tenant, such as a call of a look-up function. */
  async lookUp<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query<Row[]>(sql, parameters);
  }

  private async transaction<T>(
    begin: string,
    work: (em: EntityManager) => Promise<T>,
    order: 'first' | 'together',
  ): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.connect();
      const begun = runner.query(begin);
      begun.catch(() => undefined);
      if (order === 'first') await begun;
      markAsOpen(runner);
      const result = await work(runner.manager);
      await begun;
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

/** TypeORM keeps its own account of open transactions; without it `save` and nested transactions would BEGIN anew. */
function markAsOpen(runner: QueryRunner): void {
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
}
