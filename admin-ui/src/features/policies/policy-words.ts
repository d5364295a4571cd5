import catalog from 'virtual:catalog';
import { formatSpan, words } from '../../ui/words';
import type { PolicyDocument } from './queries';

type Condition = PolicyDocument['decision']['rules'][number]['when'][number];
type RequiredDocument = PolicyDocument['documents'][number];
type Filter = NonNullable<Extract<RequiredDocument, { type: 'ID_DOCUMENT' }>['filter']>;

const checkTitle = (type: string): string => catalog.checks[type]?.title ?? words(type);
const anyOf = (values: string[]): string => values.map((value) => words(value).toLowerCase()).join(' or ');

/** A condition of a decision rule as part of a sentence. */
export function conditionWords(condition: Condition): string {
  switch (condition.fact) {
    case 'all_checks':
      return 'every check is approved';
    case 'check': {
      const because = condition.reason ? ` because of ${anyOf(condition.reason)}` : '';
      return `${checkTitle(condition.type)} says ${anyOf(condition.recommendation)}${because}`;
    }
    case 'sub_check':
      return `“${words(condition.name)}” ${condition.result === 'PASS' ? 'passed' : 'failed'}`;
    case 'session_state':
      return `Yoti’s session is ${condition.is.toLowerCase()}`;
  }
}

const list = (inclusion: string, values: string[]): string =>
  `${inclusion === 'INCLUDE' ? 'Only' : 'Not'} ${values.join(', ')}`;

/** Which documents a filter accepts, one line for each rule of it. */
export function filterWords(filter: Filter): string[] {
  const lines: string[] = [];
  if (filter.kind === 'ORTHOGONAL') {
    const { countries, documentTypes } = filter;
    if (documentTypes) lines.push(list(documentTypes.inclusion, documentTypes.types.map(words)));
    lines.push(countries ? list(countries.inclusion, countries.codes) : 'From any country');
  } else {
    const pairs = filter.documents.map(({ countryCodes, documentTypes }) => {
      const types = documentTypes?.map(words).join(' or ') ?? 'any document';
      return countryCodes ? `${types} of ${countryCodes.join(', ')}` : types;
    });
    lines.push(list(filter.inclusion, pairs));
  }
  if (filter.allowExpired !== undefined) lines.push(filter.allowExpired ? 'Expired ones too' : 'Not expired');
  if (filter.allowNonLatin !== undefined)
    lines.push(filter.allowNonLatin ? 'Any script' : 'Latin script only');
  return lines;
}

/** What kind of document is asked for, and which ones are accepted. */
export function documentWords(document: RequiredDocument): { title: string; lines: string[] } {
  if (document.type === 'ID_DOCUMENT') {
    const lines = document.filter ? filterWords(document.filter) : ['Any supported kind'];
    return { title: 'Identity document', lines };
  }
  const { objective, documentTypes, countryCodes } = document;
  return {
    title: words(objective),
    lines: [
      documentTypes ? list('INCLUDE', documentTypes.map(words)) : 'Any supported kind',
      countryCodes ? list('INCLUDE', countryCodes) : 'From any country',
    ],
  };
}

/** The settings of an identity profile, of either kind, one line for each scheme. */
export function profileLines({ identityProfile, advancedIdentityProfiles = [] }: PolicyDocument): string[] {
  const named = (parts: (string | undefined)[]) => parts.filter((part) => part !== undefined).join(' ');
  const schemes = advancedIdentityProfiles.flatMap(({ trustFramework, schemes: all }) =>
    all.map(({ type, objective, label, filter }) => {
      const documents = filter ? `: ${filterWords(filter).join(', ')}` : '';
      return `${named([trustFramework, type, objective])} (${label})${documents}`;
    }),
  );
  if (!identityProfile) return schemes;
  const { trustFramework, scheme } = identityProfile;
  return [named([trustFramework, scheme.type, scheme.objective]), ...schemes];
}

/** How long the person has, as the policy says it. */
export function lifetimeWords({ tokenTtlSeconds, deadlineSeconds }: PolicyDocument['limits']): string {
  if (tokenTtlSeconds !== undefined) return formatSpan(tokenTtlSeconds);
  return deadlineSeconds === undefined
    ? 'As Yoti is set up'
    : `${formatSpan(deadlineSeconds)}, as a deadline`;
}
