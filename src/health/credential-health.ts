import { Injectable } from '@nestjs/common';
import { TenantDb } from '../database/tenant-db.js';
import { type Diagnosis, wordsOf } from '../yoti/probe.js';

/** More tenants in trouble at once than this are one trouble, such as the server's clock. */
const LISTED = 200;

interface SuspectRow {
  tenantId: string;
  tenant: string;
  environment: string;
  diagnosis: Diagnosis;
  count: number;
  since: Date;
}

/** Which tenants have credentials that Yoti refuses: counts and codes, nothing of the credentials themselves. */
@Injectable()
export class CredentialHealth {
  constructor(private readonly db: TenantDb) {}

  /** Longest in trouble first. */
  async list() {
    const rows = await this.db.lookUp<SuspectRow>(
      `SELECT s.tenant_id AS "tenantId", t.slug AS tenant, s.environment, s.reason AS diagnosis, s.count, s.since
         FROM list_suspect_credentials() s JOIN tenants t ON t.id = s.tenant_id ORDER BY s.since, t.slug LIMIT $1`,
      [LISTED],
    );
    return rows.map((row) => ({
      ...row,
      message: wordsOf(row.diagnosis).message,
      since: row.since.toISOString(),
    }));
  }

  /** How many there are, by environment. */
  async count(): Promise<Map<string, number>> {
    const rows = await this.db.lookUp<{ environment: string; count: number }>(
      `SELECT environment, sum(count)::int AS count FROM list_suspect_credentials() GROUP BY environment`,
      [],
    );
    return new Map(rows.map(({ environment, count }) => [environment, count]));
  }
}
