import { z } from 'zod';
import { idSchema, slugSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { roleNames, roles } from './scopes.js';

export const loginSchema = z
  .strictObject({
    email: z.email().max(320).describe('E-mail address'),
    password: z.string().min(1).max(256).describe('Password'),
  })
  .meta({
    id: 'Login',
    example: { email: 'reviewer@demo.example', password: 'correct horse battery staple' },
  });

export const changePasswordSchema = z
  .strictObject({
    currentPassword: z.string().min(1).max(256).describe('The password until now'),
    newPassword: z.string().min(12, 'At least 12 characters.').max(256).describe('At least 12 characters'),
  })
  .meta({
    id: 'ChangePassword',
    example: { currentPassword: 'correct horse battery', newPassword: 'correct horse battery staple' },
  });

export const meSchema = z
  .object({
    id: idSchema,
    email: z.string().describe('E-mail address'),
    name: z.string().describe('Name'),
    operator: z.boolean().describe('Whether the person runs the platform'),
    memberships: z
      .array(
        z.object({
          tenantId: idSchema,
          slug: slugSchema,
          name: z.string().describe('Name of the tenant'),
          role: z.enum(roleNames).describe('What the person is there'),
          scopes: z.array(z.string()).describe('What they may do there'),
        }),
      )
      .describe('The tenants the person acts in'),
  })
  .meta({
    id: 'Me',
    example: {
      id: exampleIds.reviewer,
      email: 'reviewer@retail.example',
      name: 'A Reviewer',
      operator: false,
      memberships: [
        {
          tenantId: exampleIds.tenant,
          slug: 'retail',
          name: 'Retail banking',
          role: 'reviewer',
          scopes: roles.reviewer,
        },
      ],
    },
  });
