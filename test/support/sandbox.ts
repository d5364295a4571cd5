import { createRequire } from 'node:module';
import yoti from 'yoti';
import type { Any } from './client.js';

/** The sandbox package as published; it has no type declarations. */
const sandbox: Any = createRequire(import.meta.url)('@getyoti/sdk-sandbox');

/** Exports for Yoti's other product, the digital identity app; nothing here speaks to it. */
const OTHER_PRODUCT = new Set([
  'SandboxProfileClientBuilder',
  'SandboxAttributeBuilder',
  'SandboxAgeVerificationBuilder',
  'SandboxAnchorBuilder',
  'SandboxAttributeIssuanceDetailsBuilder',
  'SandboxDocumentImagesBuilder',
  'SandboxExtraDataBuilder',
  'TokenRequestBuilder',
]);

const called = new Set<string>();

/** A builder of the package that takes note of the methods called on it. */
export function builder(name: string): Any {
  const made: Any = new sandbox[name]();
  const noting: Any = new Proxy(made, {
    get(target, property) {
      const value: unknown = target[property];
      if (typeof value !== 'function') return value;
      called.add(`${name}.${String(property)}`);
      return (...args: unknown[]) => {
        const result: unknown = value.apply(target, args);
        return result === target ? noting : result;
      };
    },
  });
  return noting;
}

/** Every method of every builder for identity verification, as `Builder.method`. */
export function allMethods(): string[] {
  return Object.keys(sandbox)
    .filter((name) => !OTHER_PRODUCT.has(name))
    .flatMap((name) => methodsOf(sandbox[name].prototype).map((method) => `${name}.${method}`))
    .toSorted();
}

function methodsOf(prototype: object): string[] {
  if (prototype === Object.prototype) return [];
  const own = Object.getOwnPropertyNames(prototype).filter((method) => method !== 'constructor');
  return [...new Set([...own, ...methodsOf(Object.getPrototypeOf(prototype) as object)])];
}

/** Those of them that were called. */
export const calledMethods = () => [...called].toSorted();

/** A recommendation with everything that it may say. */
export const recommendation = (value: string, reason: string, suggestion: string) =>
  builder('SandboxRecommendationBuilder')
    .withValue(value)
    .withReason(reason)
    .withRecoverySuggestion(suggestion)
    .build();

/** One line of a breakdown with one detail. */
export const breakdown = (name: string, result: string) =>
  builder('SandboxBreakdownBuilder')
    .withSubCheck(name)
    .withResult(result)
    .withDetail(`${name}_detail`, `${result} of ${name}`)
    .build();

/** A filter for one type of one country. */
export const documentFilter = (type: string, country: string) =>
  builder('SandboxDocumentFilterBuilder').withDocumentType(type).withCountryCode(country).build();

/** Two identity documents and a bill, and every check that the sandbox can fix. */
export function specification() {
  const idDocument = (type: string) =>
    new yoti.RequiredIdDocumentBuilder()
      .withFilter(
        new yoti.OrthogonalRestrictionsFilterBuilder()
          .withWhitelistedCountries(['GBR'])
          .withWhitelistedDocumentTypes([type])
          .build(),
      )
      .build();
  return new yoti.SessionSpecificationBuilder()
    .withClientSessionTokenTtl(900)
    .withRequestedCheck(
      new yoti.RequestedDocumentAuthenticityCheckBuilder().withManualCheckFallback().build(),
    )
    .withRequestedCheck(new yoti.RequestedLivenessCheckBuilder().forZoomLiveness().withMaxRetries(3).build())
    .withRequestedCheck(new yoti.RequestedFaceMatchCheckBuilder().withManualCheckNever().build())
    .withRequestedCheck(new yoti.RequestedIdDocumentComparisonCheckBuilder().build())
    .withRequestedCheck(new yoti.RequestedThirdPartyIdentityCheckBuilder().build())
    .withRequestedTask(new yoti.RequestedTextExtractionTaskBuilder().withManualCheckFallback().build())
    .withRequestedTask(
      new yoti.RequestedSupplementaryDocTextExtractionTaskBuilder().withManualCheckAlways().build(),
    )
    .withRequiredDocument(idDocument('PASSPORT'))
    .withRequiredDocument(idDocument('DRIVING_LICENCE'))
    .withRequiredDocument(
      new yoti.RequiredSupplementaryDocumentBuilder()
        .withObjective(new yoti.ProofOfAddressObjectiveBuilder().build())
        .withDocumentTypes(['UTILITY_BILL'])
        .withCountryCodes(['GBR'])
        .build(),
    )
    .build();
}
