import { z } from 'zod';
import { tenantScopes } from '../auth/scopes.js';
import { givenTimeSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf } from '../http/pagination.js';

const scopesSchema = z
  .array(z.enum(tenantScopes))
  .min(1)
  .max(tenantScopes.length)
  .describe('What the key may do');

const apiKeyShape = {
  id: idSchema,
  name: z.string().describe('What the key is for'),
  prefix: z.string().describe('The beginning of the key, to recognise it by'),
  scopes: scopesSchema,
  status: z.enum(['active', 'expired', 'revoked']),
  createdBy: z.string().describe('Who created it'),
  createdAt: timestampSchema,
  expiresAt: timestampSchema.nullable(),
  revokedAt: timestampSchema.nullable(),
};

const apiKeyExample = {
  id: exampleIds.apiKey,
  name: 'Onboarding back-end',
  prefix: 'csk_EXAMPL',
  scopes: ['sessions:write', 'sessions:read', 'results:read'],
  status: 'active',
  createdBy: `user:${exampleIds.admin}`,
  createdAt: '2026-03-04T10:13:00.000Z',
  expiresAt: null,
  revokedAt: null,
};

export const apiKeySchema = z.object(apiKeyShape).meta({ id: 'ApiKey', example: apiKeyExample });
export const apiKeyPageSchema = pageOf(apiKeySchema).meta({ id: 'ApiKeyPage' });
export const createdApiKeySchema = z
  .object({ ...apiKeyShape, key: z.string().describe('The key: shown now and never again') })
  .meta({ id: 'CreatedApiKey', example: { ...apiKeyExample, key: 'csk_EXAMPLE' } });

export const createApiKeySchema = z
  .strictObject({
    name: z.string().trim().min(1).max(200).describe('What the key is for'),
    scopes: scopesSchema,
    expiresAt: givenTimeSchema.optional().describe('When it stops working; never unless given'),
  })
  .meta({
    id: 'CreateApiKey',
    example: { name: 'Onboarding back-end', scopes: ['sessions:write', 'sessions:read', 'results:read'] },
  });
