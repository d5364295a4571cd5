import type { HostedSession } from '../sessions/hosted-sessions.js';
import type { NoticeKind } from './texts.js';

/** What a link shows: the page itself, its end, or why there is none. */
export type PageKind = 'hosted' | 'done' | NoticeKind;

/** Which page belongs to a session. A person who has finished is done, however long the checks still run. */
export function pageKind(session: Pick<HostedSession, 'status' | 'progress' | 'linkEnded'> | null): PageKind {
  if (!session) return 'unknown';
  if (session.linkEnded) return 'revoked';
  if (session.status === 'completed') return 'done';
  if (session.status === 'ongoing') return session.progress === 'submitted' ? 'done' : 'hosted';
  return session.status;
}
