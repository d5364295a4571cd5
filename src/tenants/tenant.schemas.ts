import { z } from 'zod';
import { idSchema, slugSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf } from '../http/pagination.js';

const nameSchema = z.string().trim().min(1).max(200).describe('Name that people read');

const brandingShape = {
  logoUrl: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .optional()
    .describe('https address of the logo on the hosted page'),
  primaryColour: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/, 'A colour such as #2d9fff.')
    .optional()
    .describe('Main colour of the hosted page'),
};

/** An https origin; http only for a developer's own machine. The browser compares origins literally: no path, no wildcard. */
const originSchema = z
  .string()
  .max(253)
  .regex(
    /^(?:https:\/\/[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?|http:\/\/(?:localhost|127\.0\.0\.1))(?::[0-9]{1,5})?$/,
    'An origin such as https://shop.example, in lower case and without a path.',
  )
  .refine(
    (text) => URL.canParse(text) && new URL(text).origin === text,
    'An origin as a browser writes it: a real host, and no port that the scheme has anyway.',
  );

const frameAncestorsSchema = z
  .array(originSchema)
  .max(20)
  .describe('Origins whose pages may embed the hosted page, such as https://shop.example; none: no page may');

const tenantExample = {
  id: exampleIds.tenant,
  slug: 'retail',
  name: 'Retail banking',
  status: 'active',
  branding: { primaryColour: '#2d9fff' },
  frameAncestors: ['https://shop.retail.example'],
  version: 1,
  createdAt: '2026-03-04T10:00:00.000Z',
  updatedAt: '2026-03-04T10:00:00.000Z',
};

export const tenantSchema = z
  .object({
    id: idSchema,
    slug: slugSchema,
    name: z.string().describe('Name that people read'),
    status: z.enum(['active', 'suspended']).describe('A suspended tenant answers nothing but 403'),
    branding: z.object(brandingShape).describe('Looks of the hosted page'),
    frameAncestors: z.array(z.string()).describe('Origins whose pages may embed the hosted page'),
    version: z.number().int().describe('The ETag, as a number'),
    createdAt: timestampSchema,
    updatedAt: timestampSchema,
  })
  .meta({ id: 'Tenant', example: tenantExample });

export const tenantPageSchema = pageOf(tenantSchema).meta({ id: 'TenantPage' });

export const createTenantSchema = z
  .strictObject({
    slug: slugSchema,
    name: nameSchema,
    branding: z.strictObject(brandingShape).optional().describe('Looks of the hosted page'),
    frameAncestors: frameAncestorsSchema.optional(),
    admin: z
      .strictObject({
        email: z.email().max(320).describe('E-mail address'),
        name: nameSchema,
      })
      .describe('The first person of the tenant, who adds all others'),
  })
  .meta({
    id: 'CreateTenant',
    example: {
      slug: 'retail',
      name: 'Retail banking',
      admin: { email: 'admin@retail.example', name: 'First Admin' },
    },
  });

/** What a new account logs in with; shown once. */
export const initialPasswordSchema = z
  .string()
  .nullable()
  .describe('Shown once; null when the person had an account already and keeps their password');

export const createdTenantSchema = z
  .object({
    tenant: tenantSchema,
    admin: z.object({ userId: idSchema, email: z.string(), initialPassword: initialPasswordSchema }),
  })
  .meta({
    id: 'CreatedTenant',
    example: {
      tenant: tenantExample,
      admin: {
        userId: exampleIds.admin,
        email: 'admin@retail.example',
        initialPassword: 'EXAMPLE-PASSWORD',
      },
    },
  });

export const updateTenantSchema = z
  .strictObject({
    name: nameSchema.optional(),
    branding: z.strictObject(brandingShape).optional().describe('Looks of the hosted page'),
    frameAncestors: frameAncestorsSchema.optional(),
    status: z.enum(['active', 'suspended']).optional().describe('Suspend or resume'),
  })
  .meta({ id: 'UpdateTenant', example: { status: 'suspended' } });
