import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.js';

const MAX_DEPTH = 32;
const MAX_NODES = 10_000;

/** Body sizes above this are refused with 413. */
export const BODY_LIMIT_BYTES = 256 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

const malformed = (detail: string): ApiError => new ApiError('malformed_body', detail);

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was received, for fingerprints. */
    rawBody?: Buffer;
  }
}

/**
 * Reads JSON bodies: valid UTF-8, no prototype keys, bounded depth and size, and no text PostgreSQL can't store. Every
 * other content type is refused with 415.
 */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
    (request: FastifyRequest, body: Buffer, done: (error: Error | null, value?: unknown) => void) => {
      request.rawBody = body;
      try {
        done(null, body.length === 0 ? undefined : parseJson(body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** @throws ApiError malformed_body */
export function parseJson(body: Buffer): unknown {
  const text = orMalformed(() => utf8.decode(body), 'The body is not valid UTF-8.');
  const value = orMalformed<unknown>(() => JSON.parse(text), 'The body is not valid JSON.');
  checkTree(value);
  return value;
}

/** @throws ApiError malformed_body when `read` throws anything */
function orMalformed<T>(read: () => T, detail: string): T {
  try {
    return read();
  } catch {
    throw malformed(detail);
  }
}

/** Walks without recursion, because a deep body would overflow the stack of a recursive walk. */
function checkTree(root: unknown): void {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  let nodes = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    if (next.depth > MAX_DEPTH) throw malformed(`The body is nested deeper than ${MAX_DEPTH} levels.`);
    if ((nodes += 1) > MAX_NODES) throw malformed(`The body has more than ${MAX_NODES} values.`);
    const { value, depth } = next;
    if (typeof value === 'string') checkText(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        if (key === '__proto__') throw malformed('The body has a key that is not allowed.');
        checkText(key);
        open.push({ value: child, depth: depth + 1 });
      }
    }
  }
}

/** Why the text can't be taken, or null: PostgreSQL can't store NUL, and a lone surrogate has no UTF-8 form. */
export function problemWithText(text: string): string | null {
  if (text.includes('\u0000')) return 'Text must not contain the NUL character.';
  return text.isWellFormed() ? null : 'Text must not contain lone surrogates.';
}

/** @throws ApiError malformed_body */
function checkText(text: string): void {
  const problem = problemWithText(text);
  if (problem !== null) throw malformed(problem);
}
