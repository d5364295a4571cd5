import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import type { QueryClient } from '@tanstack/react-query';
import { meQuery } from './api/me';
import { isCode } from './api/problem';
import { queryClient } from './api/query-client';
import { auditSearch } from './features/audit/search';
import { deliverySearch } from './features/webhooks/search';
import { reviewSearch } from './features/reviews/search';
import { sessionSearch } from './features/sessions/search';
import { homeOf } from './shell/navigation';
import { CrashedPage, MissingPage } from './shell/error-pages';
import { Shell } from './shell/shell';

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: MissingPage });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (search): { next?: string } =>
    typeof search.next === 'string' && search.next.startsWith('/') ? { next: search.next } : {},
  component: lazyRouteComponent(() => import('./features/login/login-page'), 'LoginPage'),
});

/** Everything behind the log-in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (isCode(error, 'unauthenticated')) throw redirect({ to: '/login', search: { next: location.href } });
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: async ({ context }) => {
    throw redirect({ to: homeOf(await context.queryClient.ensureQueryData(meQuery)) });
  },
});

const reviews = createRoute({
  getParentRoute: () => shell,
  path: '/reviews',
  validateSearch: reviewSearch,
  component: lazyRouteComponent(() => import('./features/reviews/queue-page'), 'QueuePage'),
});

const review = createRoute({
  getParentRoute: () => shell,
  path: '/reviews/$reviewId',
  component: lazyRouteComponent(() => import('./features/reviews/case-page'), 'CasePage'),
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: '/sessions',
  validateSearch: sessionSearch,
  component: lazyRouteComponent(() => import('./features/sessions/sessions-page'), 'SessionsPage'),
});

const newSession = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/new',
  component: lazyRouteComponent(() => import('./features/sessions/new-session-page'), 'NewSessionPage'),
});

const session = createRoute({
  getParentRoute: () => shell,
  path: '/sessions/$sessionId',
  component: lazyRouteComponent(() => import('./features/sessions/session-page'), 'SessionPage'),
});

const policies = createRoute({
  getParentRoute: () => shell,
  path: '/policies',
  component: lazyRouteComponent(() => import('./features/policies/policies-page'), 'PoliciesPage'),
});

const policy = createRoute({
  getParentRoute: () => shell,
  path: '/policies/$policyId',
  component: lazyRouteComponent(() => import('./features/policies/policy-page'), 'PolicyPage'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/webhooks',
  component: lazyRouteComponent(() => import('./features/webhooks/webhooks-page'), 'WebhooksPage'),
});

const deliveries = createRoute({
  getParentRoute: () => shell,
  path: '/deliveries',
  validateSearch: deliverySearch,
  component: lazyRouteComponent(() => import('./features/webhooks/deliveries-page'), 'DeliveriesPage'),
});

const delivery = createRoute({
  getParentRoute: () => shell,
  path: '/deliveries/$deliveryId',
  component: lazyRouteComponent(() => import('./features/webhooks/delivery-page'), 'DeliveryPage'),
});

const apiKeys = createRoute({
  getParentRoute: () => shell,
  path: '/api-keys',
  component: lazyRouteComponent(() => import('./features/api-keys/api-keys-page'), 'ApiKeysPage'),
});

const credentials = createRoute({
  getParentRoute: () => shell,
  path: '/credentials',
  component: lazyRouteComponent(() => import('./features/credentials/credentials-page'), 'CredentialsPage'),
});

const secrets = createRoute({
  getParentRoute: () => shell,
  path: '/secrets',
  component: lazyRouteComponent(() => import('./features/secrets/secrets-page'), 'SecretsPage'),
});

const people = createRoute({
  getParentRoute: () => shell,
  path: '/people',
  component: lazyRouteComponent(() => import('./features/people/people-page'), 'PeoplePage'),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('./features/audit/audit-page'), 'AuditPage'),
});

const operations = createRoute({
  getParentRoute: () => shell,
  path: '/operations',
  component: lazyRouteComponent(() => import('./features/operations/operations-page'), 'OperationsPage'),
});

const tenants = createRoute({
  getParentRoute: () => shell,
  path: '/tenants',
  component: lazyRouteComponent(() => import('./features/tenants/tenants-page'), 'TenantsPage'),
});

const routeTree = root.addChildren([
  login,
  shell.addChildren([
    home,
    reviews,
    review,
    sessions,
    newSession,
    session,
    policies,
    policy,
    webhooks,
    deliveries,
    delivery,
    apiKeys,
    credentials,
    secrets,
    people,
    audit,
    operations,
    tenants,
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: '/console',
  context: { queryClient },
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0,
  defaultErrorComponent: CrashedPage,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
