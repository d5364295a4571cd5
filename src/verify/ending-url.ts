/** Query parameter that names our session at the tenant's addresses. */
const SESSION_PARAMETER = 'countersignSession';

/**
 * The tenant's address with our session id appended; what the address already carries stays as it is, byte for byte.
 *
 * @returns null when there is no address, or one that is not http(s)
 */
export function endingUrl(address: string | null, sessionId: string): string | null {
  if (!address || !URL.canParse(address)) return null;
  if (!['http:', 'https:'].includes(new URL(address).protocol)) return null;
  const [, base = '', query, fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/s.exec(address) ?? [];
  const own = `${SESSION_PARAMETER}=${encodeURIComponent(sessionId)}`;
  return `${base}?${query ? `${query}&` : ''}${own}${fragment}`;
}
