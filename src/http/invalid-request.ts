import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { ApiError } from './api-error.js';

interface Issue {
  message: string;
  path?: readonly (PropertyKey | { key: PropertyKey })[];
  /** Zod's own: the properties that the schema doesn't know. */
  keys?: readonly string[];
}

const MAX_ERRORS = 100;

/** Parses bodies, queries and parameters by the schemas of their decorators. */
export class RequestPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: invalidRequest });
  }

  /** @throws ApiError invalid_request */
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      throw error instanceof ApiError && metadata.data ? named(error, metadata.data) : error;
    }
  }
}

/** A single parameter has no path within itself: its name says where the error is. */
function named({ code, detail, extra }: ApiError, parameter: string): ApiError {
  const errors = extra.errors?.map(({ path, message }) => ({ path: `/${parameter}${path}`, message }));
  return new ApiError(code, detail, { errors });
}

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
