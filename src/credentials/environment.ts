/** Where a credential's application lives: at Yoti, in Yoti's sandbox, or in a simulator. */
export const environments = ['live', 'sandbox', 'simulator'] as const;
export type Environment = (typeof environments)[number];

/**
 * The environment that an API base belongs to (Yoti: base URLs). Yoti has one address for each of its own; whatever
 * else the operator allows stands in for Yoti.
 */
export function environmentOf(apiUrl: string): Environment {
  const { origin, pathname } = new URL(apiUrl);
  if (origin !== 'https://api.yoti.com') return 'simulator';
  if (/^\/idverify(\/|$)/.test(pathname)) return 'live';
  return /^\/sandbox(\/|$)/.test(pathname) ? 'sandbox' : 'simulator';
}
