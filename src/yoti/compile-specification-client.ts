import yoti from 'yoti';
import { withFields } from './checks/with-fields.js';
import type { SessionParameters } from './compile-specification.js';
import type { Specification } from './specification.js';

type ClientBuilder = InstanceType<typeof yoti.SdkConfigBuilder>;

/** Calls the builder only for settings that are there, since absent ones are left out of the JSON. */
function whenGiven<Value>(value: Value | undefined, apply: (value: Value) => unknown): void {
  if (value !== undefined) apply(value);
}

/** Builds `sdk_config` (Yoti: create a session). What is said for the session comes before what the policy says. */
export function compileClient({ capture, client }: Specification, session: SessionParameters) {
  const builder = new yoti.SdkConfigBuilder();
  addCapture(builder, capture);
  addLook(builder, client);
  whenGiven(session.locale ?? client.locale, (value) => builder.withLocale(value));
  whenGiven(session.presetCountry ?? client.presetCountry, (value) =>
    builder.withPresetIssuingCountry(value),
  );
  whenGiven(session.successUrl, (value) => builder.withSuccessUrl(value));
  whenGiven(session.errorUrl, (value) => builder.withErrorUrl(value));
  return withFields(builder.build(), {
    dark_mode: client.darkMode,
    primary_colour_dark_mode: client.primaryColourDarkMode,
    hide_logo: client.hideLogo,
  });
}

function addCapture(builder: ClientBuilder, capture: Specification['capture']): void {
  builder.withAllowedCaptureMethods(capture.methods);
  whenGiven(capture.allowHandoff, (value) => builder.withAllowHandoff(value));
  whenGiven(capture.biometricConsentFlow, (value) => builder.withBiometricConsentFlow(value));
  whenGiven(capture.genericRetries, (value) => builder.withIdDocumentTextExtractionGenericRetries(value));
  whenGiven(capture.reclassificationRetries, (value) =>
    builder.withIdDocumentTextExtractionReclassificationRetries(value),
  );
  for (const [category, retries] of Object.entries(capture.categoryRetries ?? {})) {
    builder.withIdDocumentTextExtractionCategoryRetries(category, retries);
  }
}

function addLook(builder: ClientBuilder, client: Specification['client']): void {
  whenGiven(client.primaryColour, (value) => builder.withPrimaryColour(value));
  whenGiven(client.secondaryColour, (value) => builder.withSecondaryColour(value));
  whenGiven(client.fontColour, (value) => builder.withFontColour(value));
  whenGiven(client.privacyPolicyUrl, (value) => builder.withPrivacyPolicyUrl(value));
  whenGiven(client.brandId, (value) => builder.withBrandId(value));
  whenGiven(client.suppressedScreens, (value) => builder.withSuppressedScreens(value));
}
