import {
  type Icon,
  IconActivity,
  IconBuilding,
  IconFileCertificate,
  IconGavel,
  IconHistory,
  IconKey,
  IconLockPassword,
  IconPlugConnected,
  IconUserScan,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import { type Me, membershipOf } from '../api/me';

export interface NavigationItem {
  to:
    | '/reviews'
    | '/sessions'
    | '/policies'
    | '/webhooks'
    | '/api-keys'
    | '/credentials'
    | '/secrets'
    | '/people'
    | '/audit'
    | '/operations'
    | '/tenants';
  label: string;
  icon: Icon;
  /** Pressed after `g`. */
  key: string;
  /** The scope that shows it, or `operator`. */
  scope: string;
}

const groups: { title: string; items: NavigationItem[] }[] = [
  {
    title: 'Work',
    items: [
      { to: '/reviews', label: 'Reviews', icon: IconGavel, key: 'r', scope: 'reviews:read' },
      { to: '/sessions', label: 'Sessions', icon: IconUserScan, key: 's', scope: 'sessions:read' },
    ],
  },
  {
    title: 'Set-up',
    items: [
      { to: '/policies', label: 'Policies', icon: IconFileCertificate, key: 'p', scope: 'policies:read' },
      { to: '/webhooks', label: 'Webhooks', icon: IconWebhook, key: 'w', scope: 'webhooks:read' },
      { to: '/api-keys', label: 'API keys', icon: IconKey, key: 'k', scope: 'api-keys:read' },
      {
        to: '/credentials',
        label: 'Yoti credentials',
        icon: IconPlugConnected,
        key: 'c',
        scope: 'credentials:read',
      },
      { to: '/secrets', label: 'Secrets', icon: IconLockPassword, key: 'x', scope: 'secrets:read' },
    ],
  },
  {
    title: 'Oversight',
    items: [
      { to: '/audit', label: 'Audit trail', icon: IconHistory, key: 'a', scope: 'audit:read' },
      {
        to: '/operations',
        label: 'Operations',
        icon: IconActivity,
        key: 'o',
        scope: 'notifications:read',
      },
      { to: '/people', label: 'People', icon: IconUsers, key: 'u', scope: 'users:read' },
    ],
  },
  {
    title: 'Platform',
    items: [{ to: '/tenants', label: 'Tenants', icon: IconBuilding, key: 't', scope: 'operator' }],
  },
];

/** What this person may see in the tenant they act in. */
export function navigationOf(me: Me): { title: string; items: NavigationItem[] }[] {
  const granted = new Set(membershipOf(me)?.scopes ?? []);
  if (me.operator) granted.add('operator');
  return groups
    .map(({ title, items }) => ({ title, items: items.filter(({ scope }) => granted.has(scope)) }))
    .filter(({ items }) => items.length > 0);
}

/** Where the day begins: the first page the person may see. */
export const homeOf = (me: Me): NavigationItem['to'] => navigationOf(me)[0]?.items[0]?.to ?? '/sessions';
