import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from './client';
import { currentTenant, forgetTenant, rememberTenant } from './tenant';

export type Me = Schemas['Me'];
export type Membership = Me['memberships'][number];

/** Who is logged in; fails with 401 when nobody is. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => unwrap(api.GET('/v1/auth/me', { signal })),
  staleTime: 5 * 60_000,
});

/** The membership this tab acts in: the remembered one, else the first. Null for operators without any. */
export function membershipOf(me: Me): Membership | null {
  const remembered = currentTenant();
  const membership = me.memberships.find(({ tenantId }) => tenantId === remembered) ?? me.memberships[0];
  if (!membership) forgetTenant();
  else if (membership.tenantId !== remembered) rememberTenant(membership.tenantId);
  return membership ?? null;
}

export function useMe(): { me: Me; membership: Membership | null; can: (scope: string) => boolean } {
  const { data: me } = useSuspenseQuery(meQuery);
  const membership = membershipOf(me);
  const granted = new Set(membership?.scopes ?? []);
  return { me, membership, can: (scope) => granted.has(scope) };
}
