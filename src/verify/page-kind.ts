import type { HostedSession } from '../sessions/hosted-sessions.js';
import type { NoticeKind } from './texts/texts.js';

/** What a link shows: the page itself, its end, or why there is none. */
export type PageKind = 'hosted' | 'done' | NoticeKind;

type Facts = Pick<HostedSession, 'status' | 'progress' | 'linkRevoked' | 'expiresAt'>;

/**
 * Which page belongs to a session. A person who has finished is done, however long the checks still run; a link whose
 * time is over has expired, also before Yoti says so.
 */
export function pageKind(session: Facts | null, now: Date): PageKind {
  if (!session) return 'unknown';
  if (session.status === 'erased') return 'erased';
  if (session.linkRevoked) return 'revoked';
  if (session.status === 'completed') return 'done';
  if (session.status !== 'ongoing') return session.status;
  if (session.progress === 'submitted') return 'done';
  return session.expiresAt !== null && Date.parse(session.expiresAt) <= now.getTime() ? 'expired' : 'hosted';
}
