import yoti from 'yoti';
import { requestCheck, requestTask, secretNamesOfCheck } from './checks/index.js';
import type { DocumentFilter, Specification } from './specification.js';

/** Yoti's create-session body, as the SDK's builders make it. */
export type SessionSpecification = ReturnType<InstanceType<typeof yoti.SessionSpecificationBuilder>['build']>;

/** What differs from session to session. `userTrackingId` must hold no personal data. */
export interface SessionParameters {
  userTrackingId: string;
  /** Where Yoti sends notifications, and the bearer token it shows there. */
  notifications?: { endpoint: string; authToken: string };
  successUrl?: string;
  errorUrl?: string;
  /** Takes precedence over the locale of the specification. */
  locale?: string;
  /** ISO 3166-1 alpha-3. */
  presetCountry?: string;
  /** Whom the identity profile is about, as the caller names them; must hold no personal data. */
  subjectId?: string;
  /** Values of the secrets that `secretNamesOf` names. */
  secrets?: Readonly<Record<string, string>>;
  /** When the session is made; the present when left out. A deadline counts from here. */
  now?: Date;
}

/** The names of the tenant's secrets that a specification needs to be compiled, each once, sorted. */
export function secretNamesOf(specification: Specification): string[] {
  return [...new Set(specification.checks.flatMap(secretNamesOfCheck))].toSorted();
}

/**
 * Builds Yoti's create-session body with the SDK's builders (Yoti: create a session). Expects a specification
 * that `checkSpecification` finds no errors in; the builders throw a TypeError or RangeError for values they refuse.
 */
export function compileSpecification(
  specification: Specification,
  session: SessionParameters,
): SessionSpecification {
  const builder = new yoti.SessionSpecificationBuilder()
    .withClientSessionTokenTtl(specification.limits.tokenTtlSeconds)
    .withResourcesTtl(specification.limits.resourcesTtlSeconds)
    .withUserTrackingId(session.userTrackingId)
    .withSdkConfig(compileClient(specification, session));
  if (session.notifications !== undefined) {
    builder.withNotifications(compileNotifications(session.notifications));
  }
  whenGiven(session.subjectId, (id) => builder.withSubject({ subject_id: id }));
  for (const check of specification.checks) builder.withRequestedCheck(requestCheck(check));
  for (const task of specification.tasks) builder.withRequestedTask(requestTask(task));
  for (const { filter } of specification.documents) {
    const document = new yoti.RequiredIdDocumentBuilder();
    if (filter !== undefined) document.withFilter(compileFilter(filter));
    builder.withRequiredDocument(document.build());
  }
  return builder.build();
}

function compileNotifications({ endpoint, authToken }: { endpoint: string; authToken: string }) {
  return new yoti.NotificationConfigBuilder()
    .withEndpoint(endpoint)
    .withAuthTypeBearer()
    .withAuthToken(authToken)
    .forResourceUpdate()
    .forTaskCompletion()
    .forCheckCompletion()
    .forSessionCompletion()
    .withTopic('CLIENT_SESSION_TOKEN_DELETED')
    .build();
}

/** Calls the builder only for settings that are there, since absent ones are left out of the JSON. */
function whenGiven<Value>(value: Value | undefined, apply: (value: Value) => unknown): void {
  if (value !== undefined) apply(value);
}

function compileClient({ capture, client }: Specification, session: SessionParameters) {
  const builder = new yoti.SdkConfigBuilder().withAllowedCaptureMethods(capture.methods);
  whenGiven(capture.allowHandoff, (value) => builder.withAllowHandoff(value));
  whenGiven(capture.biometricConsentFlow, (value) => builder.withBiometricConsentFlow(value));
  whenGiven(capture.genericRetries, (value) => builder.withIdDocumentTextExtractionGenericRetries(value));
  whenGiven(capture.reclassificationRetries, (value) =>
    builder.withIdDocumentTextExtractionReclassificationRetries(value),
  );
  whenGiven(session.locale ?? client.locale, (value) => builder.withLocale(value));
  whenGiven(client.primaryColour, (value) => builder.withPrimaryColour(value));
  whenGiven(client.privacyPolicyUrl, (value) => builder.withPrivacyPolicyUrl(value));
  whenGiven(client.brandId, (value) => builder.withBrandId(value));
  whenGiven(client.suppressedScreens, (value) => builder.withSuppressedScreens(value));
  whenGiven(session.successUrl, (value) => builder.withSuccessUrl(value));
  whenGiven(session.errorUrl, (value) => builder.withErrorUrl(value));
  whenGiven(session.presetCountry, (value) => builder.withPresetIssuingCountry(value));
  return builder.build();
}

function compileFilter(filter: DocumentFilter) {
  return filter.kind === 'ORTHOGONAL' ? compileOrthogonal(filter) : compileDocuments(filter);
}

function compileOrthogonal(filter: Extract<DocumentFilter, { kind: 'ORTHOGONAL' }>) {
  const builder = new yoti.OrthogonalRestrictionsFilterBuilder();
  const { countries, documentTypes } = filter;
  if (countries?.inclusion === 'INCLUDE') builder.withWhitelistedCountries(countries.codes);
  if (countries?.inclusion === 'EXCLUDE') builder.withBlacklistedCountries(countries.codes);
  if (documentTypes?.inclusion === 'INCLUDE') builder.withWhitelistedDocumentTypes(documentTypes.types);
  if (documentTypes?.inclusion === 'EXCLUDE') builder.withBlacklistedDocumentTypes(documentTypes.types);
  return withAllowances(builder, filter).build();
}

function compileDocuments(filter: Extract<DocumentFilter, { kind: 'DOCUMENTS' }>) {
  const builder = new yoti.DocumentRestrictionsFilterBuilder();
  if (filter.inclusion === 'INCLUDE') builder.forWhitelist();
  else builder.forBlacklist();
  for (const { countryCodes, documentTypes } of filter.documents) {
    const restriction = new yoti.DocumentRestrictionBuilder();
    if (countryCodes !== undefined) restriction.withCountries(countryCodes);
    if (documentTypes !== undefined) restriction.withDocumentTypes(documentTypes);
    builder.withDocumentRestriction(restriction.build());
  }
  return withAllowances(builder, filter).build();
}

interface AllowanceBuilder {
  withAllowExpiredDocuments(allow: boolean): unknown;
  withAllowNonLatinDocuments(allow: boolean): unknown;
}

function withAllowances<Builder extends AllowanceBuilder>(
  builder: Builder,
  { allowExpired, allowNonLatin }: { allowExpired?: boolean; allowNonLatin?: boolean },
): Builder {
  if (allowExpired !== undefined) builder.withAllowExpiredDocuments(allowExpired);
  if (allowNonLatin !== undefined) builder.withAllowNonLatinDocuments(allowNonLatin);
  return builder;
}
