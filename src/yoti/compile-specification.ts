import yoti from 'yoti';
import { compileFilter } from './checks/document-filter.js';
import { requestCheck, requestTask, secretNamesOfCheck } from './checks/index.js';
import { withFields } from './checks/with-fields.js';
import { compileClient } from './compile-specification-client.js';
import { compileAdvancedProfiles, compileProfile } from './compile-specification-profiles.js';
import type { RequiredDocument, Specification } from './specification.js';

/** Yoti's create-session body, as the SDK's builders make it. */
export type SessionSpecification = ReturnType<InstanceType<typeof yoti.SessionSpecificationBuilder>['build']>;

type SpecificationBuilder = InstanceType<typeof yoti.SessionSpecificationBuilder>;

/** What differs from session to session. `userTrackingId` must hold no personal data. */
export interface SessionParameters {
  userTrackingId: string;
  /** Where Yoti sends notifications, and the bearer token it shows there. */
  notifications?: { endpoint: string; authToken: string };
  successUrl?: string;
  errorUrl?: string;
  /** Takes precedence over the locale of the specification. */
  locale?: string;
  /** ISO 3166-1 alpha-3. Takes precedence over the country of the specification. */
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
 * Builds Yoti's create-session body with the SDK's builders (Yoti: create a session); what the builders lack is added
 * to their JSON. Expects a specification that `checkSpecification` finds no errors in; the builders throw a TypeError
 * or RangeError for values they refuse, and a missing secret is a RangeError that names it.
 */
export function compileSpecification(
  specification: Specification,
  session: SessionParameters,
): SessionSpecification {
  const builder = new yoti.SessionSpecificationBuilder()
    .withResourcesTtl(specification.limits.resourcesTtlSeconds)
    .withUserTrackingId(session.userTrackingId)
    .withSdkConfig(compileClient(specification, session));
  addLifetime(builder, specification.limits, session.now);
  addProfiles(builder, specification, session);
  if (session.notifications !== undefined) {
    builder.withNotifications(compileNotifications(session.notifications));
  }
  const blockConsent = specification.capture.blockBiometricConsent;
  if (blockConsent !== undefined) builder.withBlockBiometricConsent(blockConsent);
  const secret = lookup(session.secrets ?? {});
  for (const check of specification.checks) builder.withRequestedCheck(requestCheck(check, secret));
  for (const task of specification.tasks) builder.withRequestedTask(requestTask(task));
  for (const document of specification.documents) builder.withRequiredDocument(compileDocument(document));
  return withFields(builder.build(), fieldsWithoutBuilder(specification));
}

function lookup(secrets: Readonly<Record<string, string>>) {
  return (name: string): string => {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw new RangeError(`The secret "${name}" is missing.`);
    return value;
  };
}

function addLifetime(builder: SpecificationBuilder, limits: Specification['limits'], now = new Date()): void {
  const { tokenTtlSeconds, deadlineSeconds } = limits;
  if (tokenTtlSeconds !== undefined) builder.withClientSessionTokenTtl(tokenTtlSeconds);
  if (deadlineSeconds !== undefined) {
    builder.withSessionDeadline(new Date(now.getTime() + deadlineSeconds * 1000));
  }
}

function addProfiles(
  builder: SpecificationBuilder,
  { identityProfile, advancedIdentityProfiles }: Specification,
  { subjectId }: SessionParameters,
): void {
  if (identityProfile !== undefined) {
    builder.withIdentityProfileRequirements(compileProfile(identityProfile));
  }
  if (advancedIdentityProfiles !== undefined) {
    builder.withAdvancedIdentityProfileRequirements(compileAdvancedProfiles(advancedIdentityProfiles));
  }
  if (subjectId !== undefined) builder.withSubject({ subject_id: subjectId });
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

function compileDocument(document: RequiredDocument) {
  if (document.type === 'ID_DOCUMENT') {
    const builder = new yoti.RequiredIdDocumentBuilder();
    if (document.filter !== undefined) builder.withFilter(compileFilter(document.filter));
    return builder.build();
  }
  const objective = new yoti.ProofOfAddressObjectiveBuilder().build();
  const builder = new yoti.RequiredSupplementaryDocumentBuilder().withObjective(objective);
  if (document.documentTypes !== undefined) builder.withDocumentTypes(document.documentTypes);
  if (document.countryCodes !== undefined) builder.withCountryCodes(document.countryCodes);
  return builder.build();
}

/** Fields of Yoti's API that the Node builder lacks. */
function fieldsWithoutBuilder({
  importToken,
  identityProfilePreview,
  ephemeralMedia,
}: Specification): Record<string, unknown> {
  return {
    import_token: importToken && { ttl: importToken.ttlSeconds },
    create_identity_profile_preview: identityProfilePreview,
    ephemeral_media: ephemeralMedia,
  };
}
