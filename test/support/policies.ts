import { starterDocument, type PolicyDocument } from '../../src/policies/policy.document.js';
import type { TestApp } from './app.js';
import type { BareTenant } from './bare-tenant.js';

/** A call of the policies' operations, as an API key of the tenant. */
export const call = (caller: BareTenant, method: string, path: string, body?: unknown, headers = {}) =>
  caller.key.with(headers).send(method, path, body);

/** A policy of the tenant. @returns its id */
export async function createPolicy(tenant: BareTenant, draft?: PolicyDocument): Promise<string> {
  const { body } = await call(tenant, 'POST', '/v1/policies', { slug: 'identity', name: 'Identity', draft });
  return body.id;
}

export const publish = (tenant: BareTenant, id: string, version: number, headers?: Record<string, string>) =>
  call(tenant, 'POST', `/v1/policies/${id}/versions/${version}/publish`, undefined, headers);

export const changeDraft = (
  tenant: BareTenant,
  id: string,
  draft: unknown,
  headers?: Record<string, string>,
) => call(tenant, 'PATCH', `/v1/policies/${id}`, { draft }, headers);

/** The starter document with another token lifetime. */
export const shorter = (tokenTtlSeconds: number): PolicyDocument => ({
  ...starterDocument,
  limits: { ...starterDocument.limits, tokenTtlSeconds },
});

/** What the trail says was done to the tenant's policies, oldest first. */
export async function auditActions(app: TestApp, tenant: BareTenant): Promise<string[]> {
  const rows = await app.sql<{ action: string }>(
    `SELECT action FROM audit_entries WHERE tenant_id = $1 AND object_type = 'policy' ORDER BY id`,
    [tenant.id],
  );
  return rows.map(({ action }) => action);
}
