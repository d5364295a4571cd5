import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';

export type Person = Schemas['User'];

export const peopleQuery = infiniteQueryOptions({
  queryKey: ['people'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/users', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
});
