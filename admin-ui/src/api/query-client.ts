import { QueryCache, QueryClient, type InfiniteData } from '@tanstack/react-query';
import { ApiProblem } from './problem';

/** Told when a request finds that the log-in has ended. */
export const loginEnded = new EventTarget();

const MAX_RETRIES = 2;

/** Trying again helps when the server was away or busy, not when it refused. */
function shouldRetry(failures: number, error: Error): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof ApiProblem)) return false;
  return error.status === 0 || error.status === 429 || error.status >= 502;
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError(error) {
      if (error instanceof ApiProblem && error.status === 401) loginEnded.dispatchEvent(new Event('ended'));
    },
  }),
  defaultOptions: {
    queries: { retry: shouldRetry, staleTime: 10_000, gcTime: 5 * 60_000 },
    mutations: { retry: false },
  },
});

/** A page of a list, as every list of the API answers. */
export interface Page<Item> {
  items: Item[];
  next: string | null;
}

/** What infinite queries over the API's lists have in common. */
export const paging = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page: { next: string | null }) => page.next ?? undefined,
};

/** The items of all pages read so far. */
export const allItems = <Item>(data: InfiniteData<Page<Item>>): Item[] =>
  data.pages.flatMap(({ items }) => items);
