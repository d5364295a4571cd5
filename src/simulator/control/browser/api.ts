/** A refusal of the control API. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly errors: { property: string; message: string }[],
  ) {
    super(message);
  }
}

/**
 * Calls the control API of the simulator that served this page.
 *
 * @throws ApiError with code `OFFLINE` when there is no answer
 */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/control${path}`, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  }).catch(() => undefined);
  if (!response) throw new ApiError('OFFLINE', 'The simulator does not answer.', []);
  const answer = (response.status === 204 ? undefined : await response.json()) as T;
  if (response.ok) return answer;
  const { code, message, errors } = answer as { code: string; message: string; errors?: ApiError['errors'] };
  throw new ApiError(code, message, errors ?? []);
}
