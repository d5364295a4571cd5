import yoti from 'yoti';
import { compileFilter } from './checks/document-filter.js';
import type { Specification } from './specification.js';

type IdentityProfile = NonNullable<Specification['identityProfile']>;
type AdvancedProfile = NonNullable<Specification['advancedIdentityProfiles']>[number];

/** `identity_profile_requirements`; the SDK takes it as a plain object. */
export function compileProfile({ trustFramework, scheme: { type, objective } }: IdentityProfile) {
  return {
    trust_framework: trustFramework,
    scheme: { type, ...(objective !== undefined && { objective }) },
  };
}

/** `advanced_identity_profile_requirements`. */
export function compileAdvancedProfiles(profiles: AdvancedProfile[]) {
  const builder = new yoti.AdvancedIdentityProfileRequirementsBuilder();
  for (const { trustFramework, schemes } of profiles) {
    const profile = new yoti.AdvancedIdentityProfileBuilder().withTrustFramework(trustFramework);
    for (const scheme of schemes) profile.withScheme(compileScheme(scheme));
    builder.withProfile(profile.build());
  }
  return builder.build();
}

function compileScheme({ type, label, objective, filter }: AdvancedProfile['schemes'][number]) {
  const builder = new yoti.AdvancedIdentityProfileSchemeBuilder().withType(type).withLabel(label);
  if (objective !== undefined) builder.withObjective(objective);
  // Under the builder's name the SDK exports the class that the builder should make: the filter is its argument.
  if (filter !== undefined) {
    builder.withConfig(new yoti.AdvancedIdentityProfileSchemeConfigBuilder(compileFilter(filter)));
  }
  return builder.build();
}
