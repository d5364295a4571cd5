import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';

export type Secret = Schemas['Secret'];

export const secretsQuery = infiniteQueryOptions({
  queryKey: ['secrets'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/secrets', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
});
