/** Response headers of every answer about a link: the link is a secret, so nobody keeps, indexes or passes it on. */
export const privateHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
} as const;

/** What a page may load besides what we serve. */
export interface PageSources {
  /** Origin of Yoti's client, where the page embeds it. */
  frame: string | null;
  /** Origin of the tenant's logo. */
  logo: string | null;
  /** Origins whose pages may embed this one. */
  ancestors: readonly string[];
}

/**
 * Response headers of a page: it loads, embeds and is embedded by nothing but what it names. `X-Frame-Options` has no
 * list of origins, so it is null, which is to leave it out, where there is one.
 */
export function pageHeaders({ frame, logo, ancestors }: PageSources): Record<string, string | null> {
  const embedders = ancestors.filter((origin) => originOf(origin) === origin);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' data:${logo ? ` ${logo}` : ''}`,
    "connect-src 'self'",
    `frame-src ${frame ?? "'none'"}`,
    `frame-ancestors ${embedders.join(' ') || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return {
    ...privateHeaders,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'permissions-policy': frame ? `camera=(self "${frame}")` : 'camera=()',
    'x-content-type-options': 'nosniff',
    'x-frame-options': embedders.length === 0 ? 'DENY' : null,
  };
}

/** Origin of an http(s) address; null for anything else, so that no address can add to a header. */
export function originOf(address: string | undefined): string | null {
  if (!address || !URL.canParse(address)) return null;
  const { origin } = new URL(address);
  // A host name may hold characters, such as a semicolon, that mean something in a policy.
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : null;
}
