import QRCode from 'qrcode';
import type { HostedSession } from '../sessions/hosted-sessions.js';
import { endingUrl } from './ending-url.js';
import { html, type Html } from './html.js';
import { alertIcon, cameraIcon, clockIcon, documentIcon, lockIcon, phoneIcon, tickIcon } from './icons.js';
import { layout, type Brand } from './layout.js';
import { pageData } from './page-data.js';
import { fill, textsFor, type Texts } from './texts.js';

/** Who a session's pages speak for. */
export const brandOf = ({ tenantName, branding }: HostedSession): Brand => ({
  name: tenantName,
  ...branding,
});

/**
 * The page of a session that waits for its person: every screen it can show, the first of them visible.
 *
 * @param address of this very page, for the QR code
 */
export async function hostedPage(session: HostedSession, address: string): Promise<string> {
  const texts = textsFor(session.locale);
  const say = (text: string) => fill(text, { tenant: session.tenantName });
  const code = await qrCode(address, texts);
  const body = html`${introScreen(session, texts, say, code)} ${waitingScreen(texts)} ${frameScreen(texts)}
    ${errorScreen(session, texts, say, code)} ${doneScreen(session, texts, true)}
    <p id="status" class="unseen" role="status"></p>`;
  return layout({
    texts,
    title: session.purpose.title ?? texts.intro.title,
    brand: brandOf(session),
    body,
    data: pageData(session, texts),
  });
}

async function qrCode(address: string, texts: Texts): Promise<Html> {
  const svg = await QRCode.toString(address, { type: 'svg', margin: 2, errorCorrectionLevel: 'M' });
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return html`<img class="code" src="${source}" alt="${texts.handOff.codeLabel}" width="176" height="176" />`;
}

function introScreen(session: HostedSession, texts: Texts, say: (text: string) => string, code: Html): Html {
  const { intro, handOff } = texts;
  const { title, text } = session.purpose;
  return html`<section class="card wide" data-screen="intro">
    <div class="lead">
      <p class="from">${say(intro.requestedBy)}</p>
      <h1 tabindex="-1">${title ?? intro.title}</h1>
      <p class="purpose">${text}</p>
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
  return html`<section class="card centred" data-screen="waiting" hidden>
    <div class="badge pulse">${phoneIcon}</div>
    <h1 tabindex="-1">${title}</h1>
    <p>${sentence}</p>
    <button type="button" class="plain" data-action="start">${handOff.startHere}</button>
  </section>`;
}

function frameScreen({ frame }: Texts): Html {
  return html`<section class="stage" data-screen="frame" hidden>
    <h1 class="unseen" tabindex="-1">${frame.label}</h1>
    <div class="connecting" id="connecting"><span class="spinner"></span>${frame.connecting}</div>
    <div id="frame"></div>
  </section>`;
}

function errorScreen(session: HostedSession, texts: Texts, say: (text: string) => string, code: Html): Html {
  const leaveTo = endingUrl(session.errorUrl, session.sessionId);
  return html`<section class="card centred" data-screen="error" hidden>
    <div class="badge warn">${alertIcon}</div>
    <h1 tabindex="-1" id="error-title"></h1>
    <p id="error-sentence"></p>
    <div class="phone" id="error-device" hidden>
      ${code}
      <p>${texts.handOff.instead}</p>
    </div>
    <div class="actions">
      <button type="button" class="main" data-action="retry" id="error-retry">${texts.error.retry}</button>
      <button type="button" class="plain" data-action="copy" id="error-copy">${texts.error.copyLink}</button>
      ${leaveTo && html`<a class="plain" id="error-leave" href="${leaveTo}">${say(texts.error.leave)}</a>`}
    </div>
    <p class="hint" id="error-code"></p>
  </section>`;
}

/** The closing screen, with the way back to the tenant where there is one. */
export function doneScreen(session: HostedSession, { done }: Texts, leavesAtOnce: boolean): Html {
  const say = (text: string) => fill(text, { tenant: session.tenantName });
  const leaveTo = endingUrl(session.successUrl, session.sessionId);
  const ending = leaveTo
    ? html`${leavesAtOnce && html`<p class="hint">${say(done.leaving)}</p>`}
        <div class="actions"><a class="main" href="${leaveTo}">${say(done.leave)}</a></div>`
    : html`<p>${done.close}</p>`;
  return html`<section class="card centred" data-screen="done" ${leavesAtOnce ? html`hidden` : null}>
    <div class="badge good">${tickIcon}</div>
    <h1 tabindex="-1">${done.title}</h1>
    <p>${say(done.sentence)}</p>
    ${ending}
  </section>`;
}
