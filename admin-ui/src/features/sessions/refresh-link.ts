import { useQueryClient } from '@tanstack/react-query';
import { linkQuery, sessionQuery, timelineQuery } from './queries';

/** Reads again what a change of the link changes. */
export function useRefresh(sessionId: string): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    const queries = [linkQuery(sessionId), sessionQuery(sessionId), timelineQuery(sessionId)];
    await Promise.all(queries.map(({ queryKey }) => client.invalidateQueries({ queryKey })));
  };
}
