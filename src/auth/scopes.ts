/** Everything a caller can be allowed to do in a tenant, and what that means. */
export const scopes = {
  'credentials:read': 'See Yoti credentials, never their keys',
  'credentials:write': 'Add, check, activate and retire Yoti credentials',
  'secrets:read': 'See the names of secrets, never their values',
  'secrets:write': 'Set and delete secrets that policies name',
  'api-keys:read': 'See API keys, never the keys themselves',
  'api-keys:write': 'Create and revoke API keys',
  'policies:read': 'See policies and their versions',
  'policies:write': 'Create, change and publish policies',
  'sessions:read': 'See sessions without results',
  'sessions:write': 'Create, cancel and sync sessions; see their links and tokens',
  'results:read': 'See results: check reports and extracted personal data',
  'media:read': 'See images and other media',
  'reviews:read': 'See reviews',
  'reviews:write': 'Claim and decide reviews',
  'webhooks:read': 'See webhook endpoints, events and deliveries',
  'webhooks:write': 'Manage webhook endpoints and retry deliveries',
  'notifications:read': "See Yoti's notifications and what is parked",
  'notifications:write': 'Replay what is parked',
  'audit:read': 'See the audit trail',
  'users:read': 'See the people of the tenant',
  'users:write': 'Add people and change their roles',
} as const;

/** Permissions above tenants; held by operators only. */
export const platformScopes = {
  'tenants:read': 'See tenants',
  'tenants:write': 'Create, change, suspend and resume tenants',
} as const;

export type TenantScope = keyof typeof scopes;
export type Scope = TenantScope | keyof typeof platformScopes;

export const tenantScopes = Object.keys(scopes) as [TenantScope, ...TenantScope[]];
export const operatorScopes = new Set(Object.keys(platformScopes) as Scope[]);

const reviewer: TenantScope[] = [
  'sessions:read',
  'results:read',
  'media:read',
  'policies:read',
  'reviews:read',
  'reviews:write',
];

/** Roles of people in a tenant: named sets of the same scopes that API keys carry. */
export const roles = {
  admin: tenantScopes,
  reviewer,
  supervisor: [
    ...reviewer,
    'sessions:write',
    'audit:read',
    'users:read',
    'notifications:read',
    'notifications:write',
  ],
  auditor: [
    'sessions:read',
    'policies:read',
    'reviews:read',
    'webhooks:read',
    'notifications:read',
    'audit:read',
    'users:read',
    'credentials:read',
    'secrets:read',
    'api-keys:read',
  ],
  developer: [
    'sessions:read',
    'sessions:write',
    'policies:read',
    'credentials:read',
    'secrets:read',
    'api-keys:read',
    'api-keys:write',
    'webhooks:read',
    'webhooks:write',
    'notifications:read',
    'notifications:write',
  ],
} as const satisfies Record<string, readonly TenantScope[]>;

export type Role = keyof typeof roles;
export const roleNames = Object.keys(roles) as [Role, ...Role[]];
