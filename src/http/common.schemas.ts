import { z } from 'zod';
import { errorCodes, type ErrorCode } from './api-error.js';

/** A lower-case UUID. */
export const idSchema = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'An id is a lower-case UUID.')
  .meta({ format: 'uuid', description: 'Id' });

export const timestampSchema = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC');

const [FIRST_TIME, LAST_TIME] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/** A time as callers give it, with any offset; handed on in UTC, within the years that every part can store. */
export const givenTimeSchema = z.iso
  .datetime({ offset: true, abort: true })
  .refine(
    (text) => Date.parse(text) >= FIRST_TIME && Date.parse(text) <= LAST_TIME,
    'A time in the years 1 to 9999.',
  )
  .transform((text) => new Date(text).toISOString());

/** Human-chosen short name that is part of addresses. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'Lower-case letters, digits and hyphens, at most 63.')
  .describe('Short name: lower-case letters, digits and hyphens');

export const httpUrlSchema = z
  .url({ protocol: /^https?$/ })
  .max(2000)
  .describe('http(s) address');

export const problemSchema = z
  .object({
    type: z.string().describe('URN of the code'),
    title: z.string().describe('What the code means'),
    status: z.number().int().describe('HTTP status'),
    code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]).describe('Stable error code'),
    detail: z.string().optional().describe('What was wrong this time'),
    requestId: z.string().describe('Id of the request, for support'),
    errors: z
      .array(
        z.object({
          path: z.string().describe('JSON pointer or parameter name'),
          message: z.string().describe('What is wrong there'),
        }),
      )
      .optional()
      .describe('Every wrong place of the request'),
  })
  .meta({ id: 'Problem', description: 'Problem document (RFC 9457)' });
