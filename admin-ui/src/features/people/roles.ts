import catalog from 'virtual:catalog';
import { words } from '../../ui/words';

const meanings: Record<string, string> = {
  admin: 'Everything in this tenant',
  reviewer: 'Decides cases, sees results and pictures',
  supervisor: 'As a reviewer, also starts sessions and sees the audit trail',
  auditor: 'Reads everything but personal data',
  developer: 'Keys, webhooks and sessions, no personal data',
};

/** The roles a person can have, with what they mean. */
export const roleOptions = Object.keys(catalog.roles).map((role) => ({
  value: role,
  label: words(role),
  meaning: meanings[role] ?? '',
}));
