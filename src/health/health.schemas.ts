import { z } from 'zod';
import { environmentSchema } from '../credentials/credential.schemas.js';
import { idSchema, slugSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { wordsOf } from '../yoti/probe.js';

/** What an operator sees of the platform's health. */
export const platformHealthSchema = z
  .object({
    status: z.enum(['ok', 'unavailable']).describe('Whether the process that answers can serve'),
    checks: z.record(z.string(), z.string()).describe('What was looked at, and ok or what is wrong'),
    suspectCredentials: z
      .array(
        z.object({
          tenantId: idSchema,
          tenant: slugSchema,
          environment: environmentSchema,
          diagnosis: z.string().describe('Why Yoti refuses them, as a code such as WRONG_KEY'),
          message: z.string().describe('Why, in words'),
          count: z.number().int().describe("How many of the tenant's credentials"),
          since: timestampSchema.describe('When the first of them stopped working'),
        }),
      )
      .describe('Credentials that Yoti refuses, by tenant; at most 200 entries, longest in trouble first'),
  })
  .meta({
    id: 'PlatformHealth',
    example: {
      status: 'ok',
      checks: { database: 'ok', schema: 'ok' },
      suspectCredentials: [
        {
          tenantId: exampleIds.tenant,
          tenant: 'retail',
          environment: 'live',
          diagnosis: 'WRONG_KEY',
          message: wordsOf('WRONG_KEY').message,
          count: 1,
          since: '2026-03-04T11:08:00.000Z',
        },
      ],
    },
  });
