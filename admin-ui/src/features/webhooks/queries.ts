import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';
import type { DeliveryFilter } from './search';

export type Endpoint = Schemas['WebhookEndpoint'];
export type Delivery = Schemas['Delivery'];

/** Kinds of signatures in words. */
export const signatureNames: Record<Endpoint['signature'], string> = {
  hmac: 'shared secret (HMAC)',
  ed25519: 'key pair (ed25519)',
};

const PENDING_REFRESH_MS = 4000;
const LIST_REFRESH_MS = 15_000;

export const endpointsQuery = infiniteQueryOptions({
  queryKey: ['webhooks', 'endpoints'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/webhook-endpoints', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
  refetchInterval: LIST_REFRESH_MS,
});

export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: ['webhooks', 'deliveries', filter],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/v1/deliveries', { params: { query: { ...filter, after: pageParam } }, signal })),
    ...paging,
    select: allItems,
    refetchInterval: LIST_REFRESH_MS,
  });

export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['webhooks', 'delivery', id],
    queryFn: ({ signal }) => unwrap(api.GET('/v1/deliveries/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data?.status === 'pending' ? PENDING_REFRESH_MS : false),
  });
