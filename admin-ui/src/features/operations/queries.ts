import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { serverTime } from '../../api/clock';
import { useIdempotencyKey } from '../../api/idempotency';

export type Inbox = Schemas['Inbox'];
export type ParkedItem = Inbox['parked']['items'][number];
export type Replay = Schemas['ReplayParked'];

const REFRESH_MS = 10_000;
const HOUR_MS = 60 * 60_000;

/** Periods that can be looked at, by their hours. */
export const periods = { 24: 'Last 24 hours', 168: 'Last 7 days', 720: 'Last 30 days' } as const;
export type PeriodHours = keyof typeof periods;

const inboxKey = ['inbox'] as const;

export const inboxQuery = (hours: PeriodHours) =>
  queryOptions({
    queryKey: [...inboxKey, hours],
    queryFn: ({ signal }) => {
      const from = new Date(serverTime() - hours * HOUR_MS).toISOString();
      return unwrap(api.GET('/v1/inbox', { params: { query: { from } }, signal }));
    },
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

/** Takes up again what is parked: one, or all of a kind. */
export function useReplay() {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  return useMutation({
    mutationFn: (body: Replay) =>
      unwrap(
        api.POST('/v1/inbox/replay', { headers: { 'Idempotency-Key': idempotency.keyFor(body) }, body }),
      ),
    // What is parked anew is replayed anew.
    onSuccess: () => idempotency.done(),
    onSettled: () => client.invalidateQueries({ queryKey: inboxKey }),
  });
}
