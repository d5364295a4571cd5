import { queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';

export type SessionResult = Schemas['SessionResult'];
export type CheckResult = SessionResult['checks'][number];

/** Each read is a look that the audit trail records, so nothing is read again without need. */
const ONE_LOOK = { staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

export const resultQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['result', sessionId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/sessions/{id}/result', { params: { path: { id: sessionId } }, signal })),
    ...ONE_LOOK,
  });

/** The bytes of an image; null when Yoti may not return it. */
export const mediaQuery = (sessionId: string, mediaId: string) =>
  queryOptions({
    queryKey: ['media', sessionId, mediaId],
    queryFn: async ({ signal }): Promise<Blob | null> => {
      const params = { path: { id: sessionId, mediaId } };
      const blob = await unwrap(
        api.GET('/v1/sessions/{id}/media/{mediaId}', { params, parseAs: 'blob', signal }),
      );
      return blob instanceof Blob && blob.size > 0 ? blob : null;
    },
    ...ONE_LOOK,
  });
