import { words } from '../../ui/words';
import { filterWords } from './policy-words';
import type { PolicyDocument } from './queries';

type Check = PolicyDocument['checks'][number];
type Task = PolicyDocument['tasks'][number];
type AdvancedWatchlist = Extract<Check, { type: 'WATCHLIST_ADVANCED_CA' }>;

/** When an expert at Yoti looks at it. */
function expertWords(manualCheck: 'ALWAYS' | 'FALLBACK' | 'NEVER' | undefined): string {
  if (manualCheck === 'ALWAYS') return 'Always by an expert';
  if (manualCheck === 'FALLBACK') return 'Automated, by an expert when in doubt';
  return manualCheck === 'NEVER' ? 'Automated only' : 'As Yoti is set up';
}

/** What a requested check is set to, in a few words each. */
export function checkWords(check: Check): string[] {
  switch (check.type) {
    case 'ID_DOCUMENT_AUTHENTICITY':
      return [expertWords(check.manualCheck), ...authorityWords(check.issuingAuthoritySubCheck)];
    case 'ID_DOCUMENT_FACE_MATCH':
      return [expertWords(check.manualCheck)];
    case 'LIVENESS': {
      const attempts = check.maxRetries ?? 1;
      const how = check.livenessType === 'ZOOM' ? 'Moving closer' : 'One picture';
      return [how, attempts === 1 ? 'one attempt' : `${attempts} attempts`];
    }
    case 'FACE_COMPARISON':
      return ['Automated only', 'with the picture that you supply'];
    case 'ID_DOCUMENT_COMPARISON':
      return ['Automated only', 'names and dates of birth'];
    case 'THIRD_PARTY_IDENTITY':
      return ['Automated only', 'name, date of birth and address'];
    case 'WATCHLIST_SCREENING':
      return [check.categories.length > 0 ? check.categories.map(categoryWords).join(', ') : 'Nothing named'];
    case 'WATCHLIST_ADVANCED_CA':
      return advancedWords(check);
  }
}

const categoryWords = (name: string) => words(name.replaceAll('-', '_'));

function authorityWords(
  sub: Extract<Check, { type: 'ID_DOCUMENT_AUTHENTICITY' }>['issuingAuthoritySubCheck'],
): string[] {
  if (!sub?.requested) return [];
  const which = sub.filter ? ` (${filterWords(sub.filter).join(', ')})` : '';
  return [`the issuing authority is asked${which}`];
}

function advancedWords({ customAccount, ...search }: AdvancedWatchlist): string[] {
  const { sources, matching, removeDeceased, shareUrl } = search;
  const types = sources?.kind === 'TYPE_LIST' ? sources.types : [];
  const where =
    sources?.kind === 'PROFILE' ? `profile ${sources.searchProfile}` : types.map(categoryWords).join(', ');
  return [
    customAccount
      ? `Your account, its key in the secret ${customAccount.apiKeySecret}, as ${customAccount.clientRef}`
      : 'Yoti’s account',
    where || 'all lists',
    matching?.kind === 'FUZZY' ? `names may differ by ${matching.fuzziness ?? 0.5}` : 'exact names',
    ...(removeDeceased ? ['without people who died'] : []),
    ...(shareUrl ? ['with a link to the search'] : []),
    ...(customAccount?.monitoring ? ['goes on after the session'] : []),
    ...Object.entries(customAccount?.tags ?? {}).map(([name, value]) => `${name}: ${value}`),
  ];
}

/** What a requested task is set to, in a few words each. */
export function taskWords(task: Task): string[] {
  if (task.type === 'SUPPLEMENTARY_DOCUMENT_TEXT_DATA_EXTRACTION') return [expertWords(task.manualCheck)];
  return [
    expertWords(task.manualCheck),
    ...(task.chipData === 'DESIRED' ? ['reads the chip'] : []),
    ...(task.expandedFields ? ['every field with its source'] : []),
  ];
}
