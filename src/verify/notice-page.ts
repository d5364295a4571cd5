import type { HostedSession } from '../sessions/hosted-sessions.js';
import { endingUrl } from './ending-url.js';
import { brandOf, doneScreen } from './hosted-page.js';
import { html } from './html.js';
import { alertIcon, clockIcon } from './icons.js';
import { layout } from './layout.js';
import { fill, textsFor, type Texts } from './texts.js';

type NoticeKind = keyof Texts['notices'];

/** The page of a person who has finished. */
export function donePage(session: HostedSession): Promise<string> {
  const texts = textsFor(session.locale);
  return layout({
    texts,
    title: texts.done.title,
    brand: brandOf(session),
    body: doneScreen(session, texts, false),
  });
}

/**
 * The page of a link that can't be used.
 *
 * @param session null where nothing may be told about it, not even whose it is
 */
export function noticePage(kind: NoticeKind, session: HostedSession | null): Promise<string> {
  const texts = textsFor(session?.locale ?? null);
  const [title, sentence] = texts.notices[kind];
  const tenant = session?.tenantName ?? '';
  const leaveTo = session && endingUrl(session.errorUrl, session.sessionId);
  const body = html`<section class="card centred">
    <div class="badge ${kind === 'creating' ? 'calm' : 'warn'}">
      ${kind === 'creating' ? clockIcon : alertIcon}
    </div>
    <h1>${title}</h1>
    <p>${fill(sentence, { tenant })}</p>
    ${leaveTo && html`<div class="actions"><a class="main" href="${leaveTo}">${fill(texts.error.leave, { tenant })}</a></div>`}
  </section>`;
  return layout({ texts, title, brand: session && brandOf(session), body });
}
