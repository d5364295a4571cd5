import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';
import { dayRange } from '../../ui/filters';
import type { SessionFilter } from './search';

export type Session = Schemas['Session'];
export type SessionItem = Schemas['SessionItem'];
export type Link = Schemas['SessionLink'];

const OPEN_REFRESH_MS = 4000;
const SENDING_REFRESH_MS = 1500;
const LIST_REFRESH_MS = 30_000;

/** Whether something may still happen to the session by itself. */
export const isOpen = ({ status }: Pick<Session, 'status'>): boolean =>
  status === 'creating' || status === 'ongoing';

export const sessionsQuery = (filter: SessionFilter) =>
  infiniteQueryOptions({
    queryKey: ['sessions', 'list', filter],
    queryFn: ({ pageParam, signal }) => {
      const { from, to, ...rest } = filter;
      const { start, end } = dayRange(from, to);
      const query = { ...rest, createdFrom: start, createdTo: end, after: pageParam };
      return unwrap(api.GET('/v1/sessions', { params: { query }, signal }));
    },
    ...paging,
    select: allItems,
    refetchInterval: LIST_REFRESH_MS,
  });

export const sessionQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', 'one', id],
    queryFn: ({ signal }) => unwrap(api.GET('/v1/sessions/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? OPEN_REFRESH_MS : false),
  });

/** The link of a session; followed for as long as it can change by itself. */
export const linkQuery = (id: string) =>
  queryOptions({
    queryKey: ['sessions', 'link', id],
    queryFn: ({ signal }) => unwrap(api.GET('/v1/sessions/{id}/link', { params: { path: { id } }, signal })),
    refetchInterval: ({ state: { data } }) => {
      if (!data) return false;
      if (data.emails.items.some(({ status }) => status === 'pending')) return SENDING_REFRESH_MS;
      return ['creating', 'active', 'revoked'].includes(data.state) ? OPEN_REFRESH_MS : false;
    },
  });

/** All of it: what came last is shown first. */
async function readTimeline(id: string, signal: AbortSignal): Promise<Schemas['Timeline']['items']> {
  const items: Schemas['Timeline']['items'] = [];
  for (let after: string | undefined; ;) {
    const params = { path: { id }, query: { limit: 200, after } };
    const page = await unwrap(api.GET('/v1/sessions/{id}/timeline', { params, signal }));
    items.push(...page.items);
    if (page.next === null) return items;
    after = page.next;
  }
}

/** @param live whether more is to be expected */
export const timelineQuery = (id: string, live = false) =>
  queryOptions({
    queryKey: ['sessions', 'timeline', id],
    queryFn: ({ signal }) => readTimeline(id, signal),
    refetchInterval: live ? OPEN_REFRESH_MS : false,
  });
