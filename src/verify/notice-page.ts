import type { HostedSession } from '../sessions/hosted-sessions.js';
import { endingUrl } from './ending-url.js';
import { brandOf, closeButton, doneScreen } from './hosted-page.js';
import { html, type Html } from './html.js';
import { alertIcon, clockIcon } from './icons.js';
import { layout } from './layout.js';
import { noticeData } from './page-data.js';
import type { NoticeKind } from './texts.js';
import { sayer, type View } from './view.js';

/** The page of a person who has finished. */
export function donePage(session: HostedSession, view: View): Promise<string> {
  const data = noticeData(session, view, true);
  return layout({
    view,
    title: view.texts.done.title,
    brand: brandOf(session),
    body: doneScreen(session, view, false),
    script: data && { name: 'notice', data },
  });
}

/**
 * The page of a link that can't be used.
 *
 * @param session null where nothing may be told about it, not even whose it is
 */
export function noticePage(kind: NoticeKind, session: HostedSession | null, view: View): Promise<string> {
  const { texts } = view;
  const [title, sentence] = texts.notices[kind];
  // The page of a session in the making asks again by itself.
  const data = session && kind !== 'creating' ? noticeData(session, view, false) : null;
  const body = html`<section class="card centred">
    <div class="badge ${kind === 'creating' ? 'calm' : 'warn'}">
      ${kind === 'creating' ? clockIcon : alertIcon}
    </div>
    <h1>${title}</h1>
    <p>${sayer(texts, session?.tenantName ?? '')(sentence)}</p>
    ${data ? html`<div class="actions">${closeButton(texts, 'main')}</div>` : leaveLink(session, view)}
  </section>`;
  const script = data && ({ name: 'notice', data } as const);
  return layout({ view, title, brand: session && brandOf(session), body, script });
}

function leaveLink(session: HostedSession | null, { texts }: View): Html | null {
  const leaveTo = session && endingUrl(session.errorUrl, session.sessionId);
  if (!leaveTo) return null;
  const label = sayer(texts, session.tenantName)(texts.error.leave);
  return html`<div class="actions"><a class="main" href="${leaveTo}">${label}</a></div>`;
}
