import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap, unwrapVersioned } from '../../api/client';
import { allItems, paging } from '../../api/query-client';

export type Policy = Schemas['Policy'];
export type PolicyItem = Schemas['PolicyItem'];
export type PolicyDocument = Schemas['PolicyDocument'];

export const policiesQuery = infiniteQueryOptions({
  queryKey: ['policies', 'list'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/policies', { params: { query: { after: pageParam, limit: 100 } }, signal })),
  ...paging,
  select: allItems,
});

/** The policy with its ETag. */
export const policyQuery = (id: string) =>
  queryOptions({
    queryKey: ['policies', 'one', id],
    queryFn: ({ signal }) =>
      unwrapVersioned(api.GET('/v1/policies/{id}', { params: { path: { id } }, signal })),
  });

export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['policies', 'versions', id],
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET('/v1/policies/{id}/versions', {
          params: { path: { id }, query: { after: pageParam } },
          signal,
        }),
      ),
    ...paging,
    select: allItems,
  });

export const versionQuery = (id: string, n: number) =>
  queryOptions({
    queryKey: ['policies', 'version', id, n],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/policies/{id}/versions/{n}', { params: { path: { id, n } }, signal })),
    // A published version never changes.
    staleTime: Infinity,
  });

/** What Yoti would get for the draft as it is stored, and what is wrong with it. */
export const previewQuery = (id: string, version: number) =>
  queryOptions({
    queryKey: ['policies', 'preview', id, version],
    queryFn: ({ signal }) =>
      unwrap(api.POST('/v1/policies/{id}/preview', { params: { path: { id } }, signal })),
  });
