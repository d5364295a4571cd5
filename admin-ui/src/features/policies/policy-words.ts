import catalog from 'virtual:catalog';
import { words } from '../../ui/words';
import type { PolicyDocument } from './queries';

type Condition = PolicyDocument['decision']['rules'][number]['when'][number];
type Filter = NonNullable<PolicyDocument['documents'][number]['filter']>;

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

/** When an expert at Yoti looks at it. */
export function expertWords(manualCheck: 'ALWAYS' | 'FALLBACK' | 'NEVER' | undefined): string {
  if (manualCheck === 'ALWAYS') return 'Always by an expert';
  if (manualCheck === 'FALLBACK') return 'Automated, by an expert when in doubt';
  return manualCheck === 'NEVER' ? 'Automated only' : 'As Yoti is set up';
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
