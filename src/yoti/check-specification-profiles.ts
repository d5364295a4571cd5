import { hasProfile } from './check-specification-checks.js';
import { checkFilter } from './check-specification-documents.js';
import { error, warning, type Path, type Problems } from './check-specification-problem.js';
import type { Specification } from './specification.js';

type AdvancedProfile = NonNullable<Specification['advancedIdentityProfiles']>[number];

/** Schemes that Yoti names, by trust framework. */
const knownSchemes: Readonly<Record<AdvancedProfile['trustFramework'], ReadonlySet<string>>> = {
  UK_TFIDA: new Set(['DBS', 'RTW', 'RTR', 'DBS_RTW']),
  YOTI_GLOBAL: new Set(['IDENTITY', 'GBR_RTW_SHARECODE']),
};

const needsLevel = 'A criminal record check needs its level.';
const giveLevel = 'Add the objective BASIC, STANDARD or ENHANCED.';

/** Yoti: identity profiles. Their schemes decide what is asked and checked. */
export function* checkProfiles(specification: Specification): Problems {
  const { identityProfile, advancedIdentityProfiles, identityProfilePreview } = specification;
  if (identityProfile !== undefined) {
    yield* checkObjective(identityProfile.scheme, ['identityProfile', 'scheme']);
  }
  if (advancedIdentityProfiles !== undefined) yield* checkAdvanced(advancedIdentityProfiles);
  if (identityProfile !== undefined && advancedIdentityProfiles !== undefined) {
    const message = 'A session is about one kind of identity profile.';
    yield warning(['advancedIdentityProfiles'], message, 'Leave one of the two out.');
  }
  if (hasProfile(specification)) {
    for (const part of ['checks', 'tasks', 'documents'] as const) {
      if (specification[part].length === 0) continue;
      const message = `The identity profile decides the ${part} by itself.`;
      yield warning([part], message, 'Leave the list empty.');
    }
  } else if (identityProfilePreview === true) {
    yield warning(['identityProfilePreview'], 'There is no identity profile to preview.', 'Leave it out.');
  }
}

function* checkObjective({ type, objective }: { type: string; objective?: string }, path: Path): Problems {
  if (type === 'DBS' && objective === undefined) {
    yield error([...path, 'objective'], needsLevel, giveLevel);
  } else if (type === 'DBS_RTW' && objective === undefined) {
    yield warning([...path, 'objective'], needsLevel, giveLevel);
  } else if ((type === 'RTW' || type === 'RTR') && objective !== undefined) {
    yield warning([...path, 'objective'], `The scheme ${type} has no levels.`, 'Leave the objective out.');
  }
}

function* checkAdvanced(profiles: readonly AdvancedProfile[]): Problems {
  const labels = profiles.flatMap(({ schemes }) => schemes.map(({ label }) => label));
  let seen = 0;
  for (const [index, { trustFramework, schemes }] of profiles.entries()) {
    for (const [at, scheme] of schemes.entries()) {
      const path = ['advancedIdentityProfiles', index, 'schemes', at];
      const known = knownSchemes[trustFramework];
      if (!known.has(scheme.type)) {
        const message = `"${scheme.type}" is not known to be a scheme of ${trustFramework}.`;
        yield warning([...path, 'type'], message, `Use one of ${[...known].join(', ')}.`);
      }
      if (trustFramework === 'UK_TFIDA') yield* checkObjective(scheme, path);
      if (scheme.filter !== undefined) yield* checkFilter(scheme.filter, [...path, 'filter']);
      if (labels.indexOf(scheme.label) < seen) {
        const message = 'Another scheme has this label, and the result tells them apart by it.';
        yield warning([...path, 'label'], message, 'Give each scheme its own label.');
      }
      seen += 1;
    }
  }
}
