import type { Place } from './key-ring.js';

/** A column whose values the key ring seals, and what says which row's a value is. */
export interface SealedColumn {
  table: string;
  column: string;
  /** Whose row it is: a tenant's, or an operator's outside of any tenant. */
  holder: 'tenant_id' | 'operator_id';
  /** Tells the rows of a holder apart. */
  id: string;
  idType: 'uuid' | 'text';
  /** The column that its place names as the row, where that isn't the row's own id. */
  placedBy?: string;
  purpose: Place['purpose'];
}

/**
 * Everything that is sealed by the key ring itself. What the data key of a session seals isn't here: with the data key
 * wrapped anew it is as it was. Who seals a further column names it here; a test compares this with the schema.
 */
export const sealedColumns: readonly SealedColumn[] = [
  {
    table: 'credentials',
    column: 'private_key',
    holder: 'tenant_id',
    id: 'id',
    idType: 'uuid',
    purpose: 'yoti-private-key',
  },
  {
    table: 'secrets',
    column: 'value',
    holder: 'tenant_id',
    id: 'name',
    idType: 'text',
    purpose: 'tenant-secret',
  },
  {
    table: 'webhook_endpoints',
    column: 'secret',
    holder: 'tenant_id',
    id: 'id',
    idType: 'uuid',
    purpose: 'webhook-secret',
  },
  {
    table: 'webhook_retiring_secrets',
    column: 'secret',
    holder: 'tenant_id',
    id: 'id',
    idType: 'uuid',
    // A rotation moves the value as it was sealed for the endpoint.
    placedBy: 'endpoint_id',
    purpose: 'webhook-secret',
  },
  {
    table: 'sessions',
    column: 'data_key',
    holder: 'tenant_id',
    id: 'id',
    idType: 'uuid',
    purpose: 'data-key',
  },
  {
    table: 'idempotency_keys',
    column: 'response',
    holder: 'tenant_id',
    id: 'key',
    idType: 'text',
    purpose: 'idempotency',
  },
  {
    table: 'operator_idempotency_keys',
    column: 'response',
    holder: 'operator_id',
    id: 'key',
    idType: 'text',
    purpose: 'operator-idempotency',
  },
];
