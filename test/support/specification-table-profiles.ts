import { createRequire } from 'node:module';
import yoti from 'yoti';
import type { Specification } from '../../src/yoti/specification.js';
import type { FieldRow } from './specification-fields.js';
import { whole } from './specification-table-session.js';

type Profile = NonNullable<Specification['identityProfile']>;
type Scheme = NonNullable<Specification['advancedIdentityProfiles']>[number]['schemes'][number];

const profile = (scheme: Profile['scheme'], field: string, value: unknown): FieldRow => ({
  field: `identity_profile_requirements.${field}`,
  policy: { identityProfile: { trustFramework: 'UK_TFIDA', scheme } },
  value,
  sdk: whole((builder) =>
    builder.withIdentityProfileRequirements({ trust_framework: 'UK_TFIDA', scheme: { ...scheme } }),
  ),
});

/** The builder that the SDK's root hides behind the name of the class it makes. */
interface ConfigBuilder {
  withFilter(filter: object): { build(): ConstructorParameters<SchemeConfig>[0] };
}
type SchemeConfig = typeof yoti.AdvancedIdentityProfileSchemeConfigBuilder;
const hidden =
  'yoti/src/idv_service/session/create/identity_profile/advanced/advanced.identity.profile.scheme.config.builder.js';
const SchemeConfigBuilder = createRequire(import.meta.url)(hidden) as new () => ConfigBuilder;

const scheme = () => new yoti.AdvancedIdentityProfileSchemeBuilder();
type BuiltScheme = ReturnType<ReturnType<typeof scheme>['build']>;

function advanced(
  framework: 'UK_TFIDA' | 'YOTI_GLOBAL',
  settings: Scheme,
  field: string,
  value: unknown,
  built: BuiltScheme,
): FieldRow {
  const part = new yoti.AdvancedIdentityProfileBuilder().withTrustFramework(framework).withScheme(built);
  const requirements = new yoti.AdvancedIdentityProfileRequirementsBuilder().withProfile(part.build());
  return {
    field: `advanced_identity_profile_requirements.profiles[].${field}`,
    policy: { advancedIdentityProfiles: [{ trustFramework: framework, schemes: [settings] }] },
    value,
    sdk: whole((builder) => builder.withAdvancedIdentityProfileRequirements(requirements.build())),
  };
}

const dbs = { type: 'DBS', objective: 'BASIC', label: 'one' } as const;
const builtDbs = () => scheme().withType('DBS').withObjective('BASIC').withLabel('one');
const code = { type: 'GBR_RTW_SHARECODE', label: 'two' };
const passports = new yoti.DocumentRestrictionsFilterBuilder()
  .forWhitelist()
  .withDocumentRestriction(new yoti.DocumentRestrictionBuilder().withDocumentTypes(['PASSPORT']).build())
  .build();

/** Rows for both kinds of identity profile. */
export const profileRows: FieldRow[] = [
  profile({ type: 'RTW' }, 'trust_framework', 'UK_TFIDA'),
  ...(['RTW', 'RTR', 'DBS_RTW'] as const).map((type) => profile({ type }, 'scheme.type', type)),
  profile({ type: 'DBS', objective: 'BASIC' }, 'scheme.type', 'DBS'),
  ...(['BASIC', 'STANDARD', 'ENHANCED'] as const).map((objective) =>
    profile({ type: 'DBS', objective }, 'scheme.objective', objective),
  ),
  advanced('UK_TFIDA', dbs, 'trust_framework', 'UK_TFIDA', builtDbs().build()),
  advanced(
    'YOTI_GLOBAL',
    code,
    'trust_framework',
    'YOTI_GLOBAL',
    scheme().withType(code.type).withLabel('two').build(),
  ),
  advanced('UK_TFIDA', dbs, 'schemes[].type', 'DBS', builtDbs().build()),
  advanced('UK_TFIDA', dbs, 'schemes[].objective', 'BASIC', builtDbs().build()),
  advanced('UK_TFIDA', dbs, 'schemes[].label', 'one', builtDbs().build()),
  advanced(
    'UK_TFIDA',
    {
      ...dbs,
      filter: { kind: 'DOCUMENTS', inclusion: 'INCLUDE', documents: [{ documentTypes: ['PASSPORT'] }] },
    },
    'schemes[].config.filter',
    {
      type: 'DOCUMENT_RESTRICTIONS',
      inclusion: 'WHITELIST',
      documents: [{ document_types: ['PASSPORT'] }],
    },
    builtDbs()
      .withConfig(new SchemeConfigBuilder().withFilter(passports).build() as never)
      .build(),
  ),
];
