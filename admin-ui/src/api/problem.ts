import type { components } from './schema.gen';

export type Problem = components['schemas']['Problem'];

/** An error of the API: its problem document, or what can be said when the server could not be reached. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';

  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string | undefined,
    readonly code: Problem['code'] | 'unreachable' | 'unreadable',
    readonly requestId: string | undefined,
    readonly errors: NonNullable<Problem['errors']>,
  ) {
    super(detail ?? title);
  }

  /** @param body parsed body of an answer that isn't 2xx; untrusted, a proxy may have written it */
  static from(status: number, body: unknown): ApiProblem {
    if (!isProblem(body)) {
      return new ApiProblem(status, `The server answered ${status}`, undefined, 'unreadable', undefined, []);
    }
    return new ApiProblem(status, body.title, body.detail, body.code, body.requestId, body.errors ?? []);
  }

  static unreachable(): ApiProblem {
    const detail = 'Check the connection, then try again.';
    return new ApiProblem(0, 'The server can not be reached', detail, 'unreachable', undefined, []);
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'title' in body && 'code' in body;
}

/** Whether the error is the API's, with this code. */
export const isCode = (error: unknown, ...codes: ApiProblem['code'][]): boolean =>
  error instanceof ApiProblem && codes.includes(error.code);

/** The message of each wrong field, by the last part of its JSON pointer: what a form shows beside its inputs. */
export function fieldErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {};
  return Object.fromEntries(
    error.errors.map(({ path, message }) => [path.split('/').at(-1) ?? path, message]),
  );
}
