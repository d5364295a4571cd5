import { IsNull, type EntityManager } from 'typeorm';
import { ApiError, notFound } from '../http/api-error.js';
import { RetiringSecret, WebhookEndpoint } from './webhook.entity.js';
import { disablesAt } from './webhook.health.js';

/** @throws ApiError not_found */
export async function findEndpoint(
  em: EntityManager,
  tenantId: string,
  id: string,
): Promise<WebhookEndpoint> {
  const endpoint = await em.findOneBy(WebhookEndpoint, { tenantId, id, deletedAt: IsNull() });
  if (!endpoint) throw notFound();
  return endpoint;
}

/** An endpoint that something is to be sent to. @returns it @throws ApiError conflict when it takes nothing */
export function takingEndpoint(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (endpoint.status === 'enabled') return endpoint;
  throw new ApiError('conflict', 'The endpoint is disabled. Enable it first.');
}

/** The endpoint, locked against every other change. @throws ApiError not_found */
export async function lockEndpoint(
  em: EntityManager,
  tenantId: string,
  id: string,
): Promise<WebhookEndpoint> {
  const endpoint = await em.findOne(WebhookEndpoint, {
    where: { tenantId, id, deletedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
  });
  if (!endpoint) throw notFound();
  return endpoint;
}

/** Changes an endpoint that the caller has locked; its version rises. @returns it as it is now */
export async function saveEndpoint(
  em: EntityManager,
  before: WebhookEndpoint,
  change: Partial<WebhookEndpoint>,
): Promise<WebhookEndpoint> {
  const { tenantId, id } = before;
  const changed = { ...change, version: before.version + 1, updatedAt: new Date() };
  await em.update(WebhookEndpoint, { tenantId, id }, changed);
  return Object.assign(before, changed);
}

/** Secrets of these endpoints that still sign after a rotation, newest first. */
export async function retiringSecretsOf(
  em: EntityManager,
  tenantId: string,
  endpointIds: readonly string[],
): Promise<RetiringSecret[]> {
  if (endpointIds.length === 0) return [];
  return em
    .createQueryBuilder(RetiringSecret, 's')
    .where('s.tenantId = :tenantId AND s.endpointId IN (:...endpointIds) AND s.endsAt > now()', {
      tenantId,
      endpointIds,
    })
    .orderBy('s.id', 'DESC')
    .getMany();
}

/** One endpoint as the API shows it. */
export async function showEndpoint(em: EntityManager, row: WebhookEndpoint) {
  return toEndpoint(row, await retiringSecretsOf(em, row.tenantId, [row.id]));
}

/** @param retiring of this endpoint and of others */
export function toEndpoint(row: WebhookEndpoint, retiring: readonly RetiringSecret[]) {
  const failing = row.status === 'enabled' && row.failingSince;
  const paused = row.pausedUntil !== null && row.pausedUntil > new Date();
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    status: row.status,
    disabledReason: row.disabledReason,
    disabledAt: row.disabledAt?.toISOString() ?? null,
    signature: kindOf(row),
    publicKey: row.publicKey,
    retiringSecrets: retiring
      .filter(({ endpointId }) => endpointId === row.id)
      .map((secret) => ({
        id: secret.id,
        signature: kindOf(secret),
        publicKey: secret.publicKey,
        endsAt: secret.endsAt.toISOString(),
      })),
    failingSince: row.failingSince?.toISOString() ?? null,
    failureCount: row.failures,
    disablesAt: failing ? disablesAt(failing).toISOString() : null,
    pausedUntil: paused ? (row.pausedUntil?.toISOString() ?? null) : null,
    replayFrom: row.replayFrom?.toISOString() ?? null,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** Which kind of secret it is: only a key pair has a public half. */
export const kindOf = ({ publicKey }: { publicKey: string | null }) =>
  publicKey === null ? ('hmac' as const) : ('ed25519' as const);
