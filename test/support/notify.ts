import type { Any } from './client.js';
import type { NotificationTarget } from './yoti-proxy.js';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const authorization = (token: string) => ({ authorization: `Bearer ${token}` });

/** The session's id at Yoti. */
export const yotiId = (of: Any) => of.client.yotiSessionId as string;
/** What Yoti says about a session. */
export const bodyOf = (of: Any, topic = 'session_completion') => ({ session_id: yotiId(of), topic });

/** Posts anything anywhere, as Yoti posts notifications. */
export async function send(
  endpoint: string,
  headers: Record<string, string>,
  body: string | Buffer | object,
) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await fetch(endpoint, { method: 'POST', headers, body: raw as string });
  const text = await response.text();
  const { status, headers: answered } = response;
  return { status, type: answered.get('content-type'), retryAfter: answered.get('retry-after'), text };
}

/** Notifies as Yoti does. */
export const notify = ({ endpoint, token }: NotificationTarget, body: object) =>
  send(endpoint, { ...JSON_TYPE, ...authorization(token) }, body);
