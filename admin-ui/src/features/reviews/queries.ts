import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';
import type { ReviewStatus } from './search';

export type Review = Schemas['Review'];

const QUEUE_REFRESH_MS = 20_000;
const CASE_REFRESH_MS = 30_000;

export const reviewsQuery = (status: ReviewStatus) =>
  infiniteQueryOptions({
    queryKey: ['reviews', 'list', status],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/v1/reviews', { params: { query: { status, after: pageParam } }, signal })),
    ...paging,
    select: (data) => ({ rows: allItems(data), openCount: data.pages[0]?.openCount ?? 0 }),
    refetchInterval: status === 'open' ? QUEUE_REFRESH_MS : false,
  });

export const openCountQuery = queryOptions({
  queryKey: ['reviews', 'count'],
  queryFn: ({ signal }) => unwrap(api.GET('/v1/reviews', { params: { query: { limit: 1 } }, signal })),
  select: ({ openCount }) => openCount,
  refetchInterval: QUEUE_REFRESH_MS,
});

export const reviewQuery = (id: string) =>
  queryOptions({
    queryKey: ['reviews', 'one', id],
    queryFn: ({ signal }) => unwrap(api.GET('/v1/reviews/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && state.data.status !== 'open' ? false : CASE_REFRESH_MS),
  });

/** Takes the next case; null when nothing waits. */
export function useClaimNext() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => (await unwrap(api.POST('/v1/reviews/claim-next'))).review,
    onSuccess(review) {
      if (review) client.setQueryData(reviewQuery(review.id).queryKey, review);
      void client.invalidateQueries({ queryKey: ['reviews', 'list'] });
      void client.invalidateQueries({ queryKey: openCountQuery.queryKey });
    },
  });
}

/** What one can do with a case; each answer replaces the case that is shown. */
export function useReviewActions(id: string) {
  const client = useQueryClient();
  const params = { path: { id } };
  const show = (review: Review) => {
    client.setQueryData(reviewQuery(id).queryKey, review);
    void client.invalidateQueries({ queryKey: ['reviews', 'list'] });
    void client.invalidateQueries({ queryKey: openCountQuery.queryKey });
  };
  const refresh = () => void client.invalidateQueries({ queryKey: reviewQuery(id).queryKey });
  const claim = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/reviews/{id}/claim', { params })),
    onSuccess: show,
    onError: refresh,
  });
  const release = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/reviews/{id}/release', { params })),
    onSuccess: show,
    onError: refresh,
  });
  const decide = useMutation({
    mutationFn: (body: Schemas['DecideReview']) =>
      unwrap(api.POST('/v1/reviews/{id}/decision', { params, body })),
    onSuccess(review, { note = null }) {
      // The answer doesn't repeat the note.
      show({ ...review, note });
    },
    onError: refresh,
  });
  return { claim, release, decide };
}
