import createClient from 'openapi-fetch';
import { learnTime } from './clock';
import { currentTenant } from './tenant';
import { ApiProblem } from './problem';
import type { components, paths } from './schema.gen';

export type Schemas = components['schemas'];

/** The API, typed by its own document. Same origin; the session cookie goes along by itself. */
export const api = createClient<paths>({ baseUrl: '' });

api.use({
  onRequest({ request }) {
    const tenant = currentTenant();
    // Who somebody is doesn't depend on the tenant: the remembered one may be another person's.
    const isAboutPerson = new URL(request.url).pathname.startsWith('/v1/auth/');
    if (tenant && !isAboutPerson) request.headers.set('Countersign-Tenant', tenant);
    return request;
  },
  onResponse({ response }) {
    learnTime(response);
  },
  onError({ error }) {
    // An aborted request is no failure: Query asked for it.
    return error instanceof DOMException && error.name === 'AbortError' ? error : ApiProblem.unreachable();
  },
});

/** The data of an answer. @throws ApiProblem for everything but 2xx */
export async function unwrap<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<NonNullable<T>> {
  const { data, error, response } = await call;
  if (!response.ok) throw ApiProblem.from(response.status, error);
  return data as NonNullable<T>;
}

/** Like `unwrap`, with the version to send back as `If-Match`. */
export async function unwrapVersioned<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<{ value: NonNullable<T>; etag: string }> {
  const answer = await call;
  const value = await unwrap(Promise.resolve(answer));
  return { value, etag: answer.response.headers.get('etag') ?? '' };
}
