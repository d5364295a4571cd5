import { queryOptions } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';

export type SessionResult = Schemas['SessionResult'];
export type CheckResult = SessionResult['checks'][number];
export type Document = SessionResult['idDocuments'][number] | SessionResult['supplementaryDocuments'][number];
export type ExtractedField = Document['extractedFields'][number];
export type MachineReadableZone = NonNullable<Document['machineReadableZone']>;
export type IdentityProfile = NonNullable<SessionResult['identityProfile']>;
export type WatchlistSummary = NonNullable<CheckResult['watchlistSummary']>;
export type TrackedDevice = Schemas['DeviceList']['items'][number];

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

/** A media of the type JSON as text to read; null when Yoti may not return it. */
export const jsonMediaQuery = (sessionId: string, mediaId: string) =>
  queryOptions({
    queryKey: ['json-media', sessionId, mediaId],
    queryFn: async ({ signal }): Promise<string | null> => {
      const params = { path: { id: sessionId, mediaId } };
      const content = await unwrap(api.GET('/v1/sessions/{id}/media/{mediaId}', { params, signal }));
      return content ? JSON.stringify(content, null, 2) : null;
    },
    ...ONE_LOOK,
  });

export const devicesQuery = (sessionId: string) =>
  queryOptions({
    queryKey: ['devices', sessionId],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/v1/sessions/{id}/devices', { params: { path: { id: sessionId } }, signal })),
    ...ONE_LOOK,
  });
