import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';

export type Credential = Schemas['Credential'];

const CHANGING_REFRESH_MS = 10_000;

/** What the server changes by itself: probes of a suspect credential, and the end of a retiring one. */
const isChanging = ({ suspect, status }: Credential): boolean => suspect !== null || status === 'retiring';

export const credentialsQuery = infiniteQueryOptions({
  queryKey: ['credentials'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/credentials', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
  refetchInterval: ({ state }) =>
    state.data && allItems(state.data).some(isChanging) ? CHANGING_REFRESH_MS : false,
});

/** What can be done with one credential; each refreshes the list. */
export function useCredentialActions(id: string) {
  const client = useQueryClient();
  const params = { path: { id } };
  const onSettled = () => client.invalidateQueries({ queryKey: credentialsQuery.queryKey });
  return {
    check: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/check', { params })),
      onSettled,
    }),
    activate: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/activate', { params })),
      onSettled,
    }),
    retire: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/retire', { params })),
      onSettled,
    }),
  };
}

/** Environments in words. */
export const environmentNames: Record<Credential['environment'], string> = {
  live: 'Live',
  sandbox: 'Yoti’s sandbox',
  simulator: 'Simulator',
};
