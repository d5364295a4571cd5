import { ApiError } from './api-error.js';

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  /** Zod's own: the properties that the schema doesn't know. */
  keys?: readonly string[];
}

const MAX_ERRORS = 100;

/** The error for a request that doesn't match its schema: every wrong place, as JSON pointers. */
export function invalidRequest(issues: readonly Issue[]): ApiError {
  const errors = issues.flatMap(toErrors).slice(0, MAX_ERRORS);
  return new ApiError('invalid_request', errors.length === 1 ? errors[0]?.message : undefined, { errors });
}

function toErrors({ path = [], message, keys }: Issue) {
  if (!keys) return [{ path: pointer(path), message }];
  return keys.map((key) => ({ path: pointer([...path, key]), message: 'There is no such property.' }));
}

function pointer(path: NonNullable<Issue['path']>): string {
  return path
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
