/**
 * The page a person walks through. Accessible names in order, for whoever drives it:
 *
 * 1. button `Agree and continue` (left out when consent isn't required; before the selfie with a just-in-time flow)
 * 2. combobox `Issuing country`, button `Continue` (left out when only one country is allowed)
 * 3. button per document type: `Passport`, `Driving licence`, …; or `I don't have any of these` (error 7000)
 * 4. button `Use a specimen document`, or `Open camera` → `Take photo`, or `Upload a file`
 * 5. button `Image is clear`, or `Try again`
 *    (for a share code: button `Use a specimen share code`, or a code and button `Continue`)
 * 6. button `Use a specimen face`, or `Open camera` → `Take selfie` (left out without a liveness check)
 * 7. heading `All done`, button `Finish`
 *
 * `Cancel` on the consent screen ends with 1000. The `Simulator` disclosure below the page holds combobox `Scenario`,
 * button `Complete with specimens` (straight to 7), combobox `Error code` with button `End with this error`, and
 * button `Leave without finishing`. Failed attempts show a button `Try again`.
 */
import { Api, VisitError, type Configuration, type Ends, type Panel, type Requirement } from './api.js';
import { captureDocument } from './document.js';
import { ask, button, h, icon, show, showBusy } from './dom.js';
import { proveLiveness } from './liveness.js';
import { ERROR_TEXTS, showPanel, type Interruption } from './panel.js';
import { giveShareCode } from './share-code.js';

const framed = window.parent !== window;

/** Tells the page that frames this one. Messages hold no secrets and prove nothing, so any origin may read them. */
function tellParent(message: { eventType: string; eventCode?: number }): void {
  if (framed) window.parent.postMessage(message, '*');
}

type Credentials = { sessionId: string; token: string };

/** From the query, or from the framing page after `STARTED`. */
async function credentials(): Promise<Credentials> {
  const query = new URLSearchParams(location.search);
  const [sessionId, token] = [query.get('sessionID'), query.get('sessionToken')];
  if (sessionId && token) return { sessionId, token };
  if (sessionId) throw new VisitError(2003);
  if (token || !framed) throw new VisitError(2004);
  return awaitInit();
}

function awaitInit(): Promise<Credentials> {
  return new Promise((resolve) => {
    const listen = ({ source, data }: MessageEvent) => {
      const message = data as { eventType?: string; sessionID?: unknown; sessionToken?: unknown } | null;
      if (source !== window.parent || message?.eventType !== 'INIT_SESSION') return;
      if (typeof message.sessionID !== 'string' || typeof message.sessionToken !== 'string') return;
      window.removeEventListener('message', listen);
      resolve({ sessionId: message.sessionID, token: message.sessionToken });
    };
    window.addEventListener('message', listen);
    tellParent({ eventType: 'STARTED' });
  });
}

/** Black or white, whichever reads better on the colour (relative luminance of WCAG 2). */
function textOn(colour: string): string {
  const hex = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, '$&$&') : colour;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? '#000000' : '#ffffff';
}

function applyBranding({ primary_colour: colour }: Configuration['sdk_config']): void {
  if (!colour) return;
  document.documentElement.style.setProperty('--primary', colour);
  document.documentElement.style.setProperty('--on-primary', textOn(colour));
}

async function askConsent(
  api: Api,
  { sdk_config: { privacy_policy_url: policy } }: Configuration,
): Promise<void> {
  const agreed = await ask<boolean>((choose) => {
    show(
      'Before we start',
      h('div', { class: 'illustration' }, icon('face')),
      h(
        'p',
        {},
        'To confirm that it is really you, we compare your face with the photo on your identity document.',
      ),
      h('p', { class: 'hint' }, 'Have your document at hand. It takes about two minutes.'),
      policy !== undefined &&
        h('p', {}, h('a', { href: policy, target: '_blank', rel: 'noreferrer' }, 'Privacy policy')),
      h(
        'div',
        { class: 'actions' },
        button('Agree and continue', 'primary', () => choose(true)),
        button('Cancel', 'link', () => choose(false)),
      ),
    );
  });
  if (!agreed) throw new VisitError(1000);
  await api.consent();
}

async function walk(api: Api, configuration: Configuration, panel: Panel): Promise<Interruption> {
  const { capture, sdk_config: settings } = configuration;
  const late = settings.biometric_consent_flow === 'JUST_IN_TIME';
  let consentDue = capture.biometric_consent === 'REQUIRED';
  const agree = async () => {
    if (!consentDue) return null;
    consentDue = false;
    await askConsent(api, configuration);
    return (await api.panel()).ends;
  };
  if (endsVisit(panel.ends) || (!late && endsVisit(await agree()))) return 'abandoned';
  for (const requirement of capture.required_resources) {
    if (requirement.state === 'COMPLETE') continue;
    if (requirement.type === 'LIVENESS' && endsVisit(await agree())) return 'abandoned';
    if (endsVisit(await supply(api, requirement, panel, settings.preset_issuing_country))) return 'abandoned';
  }
  await api.finish();
  return 'finished';
}

/** Whether the person leaves here. @throws VisitError where the scenario ends the visit with an error */
function endsVisit(ends: Ends): boolean {
  if (typeof ends === 'number') throw new VisitError(ends);
  return ends === 'abandoned';
}

async function supply(
  api: Api,
  requirement: Requirement,
  panel: Panel,
  preset: string | undefined,
): Promise<Ends> {
  if (requirement.type === 'LIVENESS') return proveLiveness(api, requirement);
  if (requirement.type === 'SHARE_CODE') await giveShareCode(api);
  const choices = panel.countries.find(({ requirementId }) => requirementId === requirement.id);
  return choices ? captureDocument(api, requirement, choices.countries, preset) : null;
}

function leaveTo(target: string, parameters: Record<string, string>): void {
  const url = new URL(target);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  location.assign(url);
}

function close(api: Api, { success_url: target }: Configuration['sdk_config']): void {
  tellParent({ eventType: 'SUCCESS' });
  if (target) leaveTo(target, { sessionID: api.sessionId });
  else
    show(
      'Thank you',
      h('div', { class: 'illustration' }, icon('done')),
      h('p', {}, 'You can close this page now.'),
    );
}

async function showDone(api: Api, { sdk_config: settings }: Configuration): Promise<void> {
  if (!settings.suppressed_screens?.includes('FLOW_COMPLETION')) {
    await ask<void>((choose) => {
      show(
        'All done',
        h('div', { class: 'illustration' }, icon('done')),
        h('p', { class: 'hint' }, 'Your documents were sent. The checks run in the background.'),
        h(
          'div',
          { class: 'actions' },
          button('Finish', 'primary', () => choose()),
        ),
      );
    });
  }
  close(api, settings);
}

function fail(code: number, api?: Api, configuration?: Configuration): void {
  void api?.reportError(code);
  tellParent({ eventType: 'ERROR', eventCode: code });
  const target = configuration?.sdk_config.error_url;
  if (target) {
    leaveTo(target, { ...(api && { sessionID: api.sessionId }), yotiErrorCode: String(code) });
    return;
  }
  const here = new URL(location.href);
  here.searchParams.delete('sessionToken');
  here.searchParams.set('yotiErrorCode', String(code));
  history.replaceState(null, '', here);
  show(
    "We couldn't finish",
    h('div', { class: 'illustration warn' }, icon('warning')),
    h('p', { role: 'alert' }, ERROR_TEXTS[code] ?? 'Something went wrong.'),
    h('p', { class: 'hint' }, `Error code ${code}`),
  );
}

function offerHandoff(
  { sdk_config: { allow_handoff: allowed } }: Configuration,
  { sessionId, token }: Credentials,
) {
  if (!allowed || matchMedia('(pointer: coarse)').matches) return;
  const url = new URL(location.href);
  url.search = new URLSearchParams({ sessionID: sessionId, sessionToken: token }).toString();
  document
    .querySelector('footer')
    ?.replaceChildren(
      h(
        'details',
        {},
        h('summary', {}, 'Continue on another device'),
        h('p', { class: 'hint' }, 'Open this address there:'),
        h('code', {}, url.href),
      ),
    );
}

async function run(): Promise<void> {
  let api: Api | undefined;
  let configuration: Configuration | undefined;
  try {
    showBusy('Loading');
    const held = await credentials();
    api = new Api(held.sessionId, held.token);
    configuration = await api.configuration();
    applyBranding(configuration.sdk_config);
    offerHandoff(configuration, held);
    const panel = await api.panel();
    const end = await Promise.race([showPanel(api, panel), walk(api, configuration, panel)]);
    document.querySelector('aside')?.replaceChildren();
    document.querySelector('footer')?.replaceChildren();
    if (end === 'finished') await showDone(api, configuration);
    else show('The person left', h('p', {}, 'Nothing more is sent. The session expires by itself.'));
  } catch (error) {
    document.querySelector('aside')?.replaceChildren();
    fail(error instanceof VisitError ? error.code : 5004, api, configuration);
  }
}

await run();
