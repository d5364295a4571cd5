import QRCode from 'qrcode';
import type { HostedSession } from '../sessions/hosted-sessions.js';
import { endingUrl } from './ending-url.js';
import { html, type Html } from './html.js';
import { alertIcon, cameraIcon, clockIcon, documentIcon, lockIcon, phoneIcon, tickIcon } from './icons.js';
import { layout, type Brand } from './layout.js';
import { pageData } from './page-data.js';
import { handOffSteps, type Texts } from './texts.js';
import { queryOf, sayer, type View } from './view.js';

/** Who a session's pages speak for. */
export const brandOf = ({ tenantName, branding }: HostedSession): Brand => ({
  name: tenantName,
  ...branding,
});

/**
 * The page of a session that waits for its person: every screen it can show, the first of them visible.
 *
 * @param address of this very page
 */
export async function hostedPage(session: HostedSession, view: View, address: string): Promise<string> {
  const { texts, chosen } = view;
  const say = sayer(texts, session.tenantName);
  const own = { chosen, embedded: false, handOff: false };
  const code = await qrCode(address + queryOf({ ...own, handOff: true }), texts);
  const body = html`${introScreen(session, texts, say, code)} ${waitingScreen(texts)} ${frameScreen(texts)}
    ${errorScreen(session, view, say, code)} ${doneScreen(session, view, true)}
    <p id="status" class="unseen" role="status"></p>`;
  return layout({
    view,
    title: session.purpose.title ?? texts.intro.title,
    brand: brandOf(session),
    body,
    script: { name: 'page', data: pageData(session, view, address + queryOf(own)) },
  });
}

type Say = (text: string) => string;

async function qrCode(address: string, texts: Texts): Promise<Html> {
  const svg = await QRCode.toString(address, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<img class="code" src="${source}" alt="${texts.handOff.codeLabel}" width="176" height="176" />`;
}

function introScreen(session: HostedSession, texts: Texts, say: Say, code: Html): Html {
  const { intro, handOff } = texts;
  const { title, text } = session.purpose;
  return html`<section class="card wide" data-screen="intro">
    <div class="lead">
      <p class="from">${say(intro.requestedBy)}</p>
      <h1 tabindex="-1" dir="auto">${title ?? intro.title}</h1>
      <p class="purpose" dir="auto">${text}</p>
      ${needsList(intro)}
      <p class="privacy">${lockIcon}<span>${say(intro.privacy)}</span></p>
      <noscript><p class="alert">${intro.needsScript}</p></noscript>
      <div class="actions">
        <button type="button" class="main" data-action="start">
          ${session.progress === 'capturing' ? intro.resume : intro.start}
        </button>
        ${session.expiresAt && html`<p class="hint" data-until="${session.expiresAt}" hidden>${intro.finishBy}</p>`}
      </div>
    </div>
    <aside class="phone">
      <h2>${handOff.title}</h2>
      ${code}
      <p>${handOff.sentence}</p>
    </aside>
  </section>`;
}

function needsList({ needsTitle, needs }: Texts['intro']): Html {
  const list = [
    [documentIcon, needs.document],
    [cameraIcon, needs.camera],
    [clockIcon, needs.time],
  ] as const;
  const items = list.map(
    ([icon, [title, sentence]]) =>
      html`<li>
        ${icon}
        <div><strong>${title}</strong><span>${sentence}</span></div>
      </li>`,
  );
  return html`<h2>${needsTitle}</h2>
    <ul class="needs">
      ${items}
    </ul>`;
}

function waitingScreen({ handOff }: Texts): Html {
  const [title, sentence] = handOff.waiting;
  const steps = handOffSteps.map(
    (step) => html`<li data-step="${step}"><span class="mark">${tickIcon}</span>${handOff.steps[step]}</li>`,
  );
  return html`<section class="card centred" data-screen="waiting" hidden>
    <div class="badge pulse">${phoneIcon}</div>
    <h1 tabindex="-1">${title}</h1>
    <p>${sentence}</p>
    <ol class="steps">
      ${steps}
    </ol>
    <p class="alert" id="problem" hidden>${handOff.problem}</p>
    <div class="actions">
      <button type="button" class="plain" data-action="start">${handOff.startHere}</button>
    </div>
  </section>`;
}

function frameScreen({ frame }: Texts): Html {
  return html`<section class="stage" data-screen="frame" hidden>
    <h1 class="unseen" tabindex="-1">${frame.label}</h1>
    <div class="connecting" id="connecting"><span class="spinner"></span>${frame.connecting}</div>
    <div id="frame"></div>
  </section>`;
}

function errorScreen(session: HostedSession, view: View, say: Say, code: Html): Html {
  const { error, handOff } = view.texts;
  const leaveTo = endingUrl(session.errorUrl, session.sessionId);
  const leave = leaveTo && html`<a class="plain" id="error-leave" href="${leaveTo}">${say(error.leave)}</a>`;
  return html`<section class="card centred" data-screen="error" hidden>
    <div class="badge warn">${alertIcon}</div>
    <h1 tabindex="-1" id="error-title"></h1>
    <p id="error-sentence"></p>
    <p id="error-helps"></p>
    <div class="phone" id="error-device" hidden>
      ${code}
      <p>${handOff.instead}</p>
    </div>
    <div class="actions">
      <button type="button" class="main" data-action="retry" id="error-retry">${error.retry}</button>
      <button type="button" class="plain" data-action="copy" id="error-copy">${error.copyLink}</button>
      ${view.embedded ? closeButton(view.texts, 'plain', 'error-leave') : leave}
    </div>
    <p class="hint" id="error-code"></p>
  </section>`;
}

/** The closing screen, with the way back to the tenant where there is one. */
export function doneScreen(session: HostedSession, view: View, hidden: boolean): Html {
  const { done } = view.texts;
  const say = sayer(view.texts, session.tenantName);
  return html`<section class="card centred" data-screen="done" ${hidden ? html`hidden` : null}>
    <div class="badge good">${tickIcon}</div>
    <h1 tabindex="-1">${done.title}</h1>
    <p>${say(done.sentence)}</p>
    ${ending(session, view, say, hidden)}
  </section>`;
}

function ending(session: HostedSession, { texts, embedded }: View, say: Say, leavesAtOnce: boolean): Html {
  if (embedded) return html`<div class="actions">${closeButton(texts, 'main')}</div>`;
  const leaveTo = endingUrl(session.successUrl, session.sessionId);
  if (!leaveTo) return html`<p>${texts.done.close}</p>`;
  return html`${leavesAtOnce && html`<p class="hint">${say(texts.done.leaving)}</p>`}
    <div class="actions"><a class="main" href="${leaveTo}">${say(texts.done.leave)}</a></div>`;
}

/** Tells the page that embeds this one that the person wants to leave. */
export const closeButton = ({ closeFrame }: Texts, look: 'main' | 'plain', id = 'close'): Html =>
  html`<button type="button" class="${look}" data-action="close" id="${id}">${closeFrame}</button>`;
