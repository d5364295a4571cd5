import catalog from 'virtual:catalog';
import type { Schemas } from '../../api/client';
import { words } from '../../ui/words';

export type ReasonCode = Schemas['DecideReview']['reasonCode'];
export type Decision = Schemas['DecideReview']['decision'];

const labels: Record<ReasonCode, string> = {
  evidence_sufficient: 'The evidence is sufficient',
  known_customer: 'Known customer',
  false_alarm: 'False alarm of a check',
  document_not_genuine: 'Document not genuine',
  document_expired: 'Document expired',
  document_unreadable: 'Document unreadable',
  person_does_not_match: 'Person and document do not match',
  liveness_doubtful: 'Not clearly a living person',
  data_mismatch: 'Data contradicts itself or what is known',
  other: 'Another reason (say which)',
};

const approving: ReasonCode[] = ['evidence_sufficient', 'known_customer', 'false_alarm'];

/** The reasons for a decision, in the order of their number keys. */
export function reasonsFor(decision: Decision): { code: ReasonCode; label: string }[] {
  return (Object.keys(labels) as ReasonCode[])
    .filter((code) => approving.includes(code) === (decision === 'approved'))
    .map((code) => ({ code, label: labels[code] }));
}

export const reasonLabel = (code: string): string => (labels as Record<string, string>)[code] ?? words(code);

const verdicts: Record<string, string> = {
  APPROVE: 'approved',
  REJECT: 'rejected',
  CONSIDER: 'needs thought',
  NOT_AVAILABLE: 'not available',
};

const low = (code: string): string => verdicts[code] ?? words(code).toLowerCase();

/**
 * A fact or reason code of the decision rules in words: `ID_DOCUMENT_AUTHENTICITY:REJECT:COUNTERFEIT` becomes
 * `Document authenticity rejected: counterfeit`. What isn't known is shown with its own letters, made readable.
 */
export function factWords(fact: string): string {
  const [left = fact, value] = fact.split('=', 2);
  const [subject = left, ...rest] = left.split(/[.:]/);
  const title = catalog.checks[subject]?.title ?? words(subject);
  const [property] = rest;
  if (value === undefined) {
    const [verdict, ...reasons] = rest.map(low);
    return [verdict ? `${title} ${verdict}` : title, ...reasons].join(': ');
  }
  if (property === undefined || property === 'recommendation' || property === 'state')
    return `${title} ${low(value)}`;
  return property === 'reason' ? `${title}: ${low(value)}` : `${title}: ${low(property)} ${low(value)}`;
}
