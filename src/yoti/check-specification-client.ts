import { hasProfile } from './check-specification-checks.js';
import { checkCountry, documentsOf } from './check-specification-documents.js';
import { error, warning, type Path, type Problems } from './check-specification-problem.js';
import type { Specification } from './specification.js';

/** Languages of Yoti's web client. */
const knownLocales = new Set(
  'ar bs cs da de el-GR en-CA en-GB en-US es es-419 fi fr hi it ja nb nl pl pt ro ru sr sv th tr vi'.split(
    ' ',
  ),
);

/** Screens Yoti's web client can leave out. */
const knownScreens = new Set([
  'FACE_CAPTURE_EDUCATION',
  'FLOW_COMPLETION',
  'ID_DOCUMENT_EDUCATION',
  'ID_DOCUMENT_REQUIREMENTS',
  'STATIC_LIVENESS_EDUCATION',
  'SUPPLEMENTARY_DOCUMENT_EDUCATION',
  'ZOOM_LIVENESS_EDUCATION',
]);

/** Settings with a name of their own, by their category of retries. */
const namedCategories: Readonly<Record<string, 'genericRetries' | 'reclassificationRetries'>> = {
  GENERIC: 'genericRetries',
  RECLASSIFICATION: 'reclassificationRetries',
};

/** Yoti: create a session, how documents and faces are captured. */
export function* checkCapture(specification: Specification): Problems {
  const { capture } = specification;
  yield* checkRetries(specification);
  if (capture.methods === 'CAMERA_AND_UPLOAD' && wantsAssurance(specification)) {
    const message = 'Uploads weaken the defence against fraud, though high assurance is wanted.';
    yield warning(['capture', 'methods'], message, 'Allow the CAMERA only.');
  }
  if (capture.blockBiometricConsent === true && capture.biometricConsentFlow !== undefined) {
    const message = 'There is no question for consent that could come early or late.';
    yield warning(['capture', 'biometricConsentFlow'], message, 'Leave out one of the two settings.');
  }
}

/** An expert looks at every document, or a profile promises a level of assurance, or an authority is asked. */
function wantsAssurance(specification: Specification): boolean {
  return (
    hasProfile(specification) ||
    specification.checks.some(
      (check) =>
        check.type === 'ID_DOCUMENT_AUTHENTICITY' &&
        (check.manualCheck === 'ALWAYS' || check.issuingAuthoritySubCheck?.requested === true),
    )
  );
}

function* checkRetries({
  capture,
  tasks,
  identityProfile,
  advancedIdentityProfiles,
}: Specification): Problems {
  const categories = Object.entries(capture.categoryRetries ?? {});
  for (const name of ['genericRetries', 'reclassificationRetries'] as const) {
    yield* checkRetry(capture[name], ['capture', name]);
  }
  for (const [category, retries] of categories) {
    const path = ['capture', 'categoryRetries', category];
    yield* checkRetry(retries, path);
    const name = namedCategories[category];
    if (name === undefined) {
      const known = Object.keys(namedCategories).join(', ');
      yield warning(path, `"${category}" is not a category Yoti is known to have.`, `Use one of ${known}.`);
    } else if (capture[name] !== undefined) {
      yield warning(path, `This takes the place of ${name}.`, 'Leave one of the two out.');
    }
  }
  const given = capture.genericRetries ?? capture.reclassificationRetries ?? categories[0]?.[1];
  const reads = tasks.some(({ type }) => type === 'ID_DOCUMENT_TEXT_DATA_EXTRACTION');
  if (given !== undefined && !reads && !identityProfile && !advancedIdentityProfiles) {
    const message = 'Retries are for documents that are read, and nothing is read.';
    yield warning(['capture'], message, 'Add the task ID_DOCUMENT_TEXT_DATA_EXTRACTION.');
  }
}

function* checkRetry(retries: number | undefined, path: Path): Problems {
  if (retries !== undefined && retries < 1) {
    yield error(path, 'At least 1 attempt is needed.', 'Give 1 or more, or leave it out.');
  }
}

/** Yoti: create a session, how Yoti's pages look. */
export function* checkClient(specification: Specification): Problems {
  const { client } = specification;
  yield* checkColours(client);
  if (client.locale !== undefined && !knownLocales.has(client.locale)) {
    const message = `Yoti's pages are not known to speak "${client.locale}".`;
    yield warning(['client', 'locale'], message, `Use one of ${[...knownLocales].join(', ')}.`);
  }
  yield* checkPresetCountry(specification);
  if (client.privacyPolicyUrl !== undefined && !isWebAddress(client.privacyPolicyUrl)) {
    yield error(['client', 'privacyPolicyUrl'], 'This is not a web address.', 'Start with https://.');
  }
  yield* checkScreens(client.suppressedScreens, ['client', 'suppressedScreens']);
}

function* checkColours(client: Specification['client']): Problems {
  for (const name of ['primaryColour', 'secondaryColour', 'fontColour', 'primaryColourDarkMode'] as const) {
    const colour = client[name];
    if (colour !== undefined && !/^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i.test(colour)) {
      yield error(['client', name], 'This is not a colour.', 'Write #rgb or #rrggbb.');
    }
  }
  const dark = client.darkMode === 'ON' || client.darkMode === 'AUTO';
  if (client.primaryColourDarkMode !== undefined && !dark) {
    const message = 'The pages are never dark.';
    yield warning(['client', 'primaryColourDarkMode'], message, 'Set darkMode to ON or AUTO.');
  }
}

function* checkPresetCountry({ client: { presetCountry }, documents }: Specification): Problems {
  if (presetCountry === undefined) return;
  const path = ['client', 'presetCountry'];
  yield* checkCountry(presetCountry, path);
  for (const document of documents) {
    if (document.type !== 'ID_DOCUMENT' || document.filter === undefined) continue;
    const allowed = [...documentsOf(document.filter)];
    if (allowed.length > 0 && !allowed.some((one) => one.startsWith(`${presetCountry} `))) {
      const message = `A filter allows no document of ${presetCountry}.`;
      yield warning(path, message, 'Preset a country that the filters allow.');
      return;
    }
  }
}

function* checkScreens(screens: string[] | undefined, path: Path): Problems {
  if (screens?.length === 0) yield error(path, 'The list is empty.', 'Leave it out.');
  for (const [index, screen] of (screens ?? []).entries()) {
    if (!knownScreens.has(screen)) {
      const message = `"${screen}" is not a screen Yoti is known to have.`;
      yield warning([...path, index], message, `Use one of ${[...knownScreens].join(', ')}.`);
    }
  }
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}
