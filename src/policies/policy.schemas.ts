import { z } from 'zod';
import { idSchema, slugSchema, timestampSchema } from '../http/common.schemas.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { policyDocumentSchema } from './policy.document.js';
import {
  policyExample,
  policyItemExample,
  policyPreviewExample,
  policyVersionExample,
  policyVersionItemExample,
} from './policy.examples.js';

const nameSchema = z.string().min(1).max(200).describe('Name for people');
const descriptionSchema = z.string().max(2000).describe('What the policy is for');

export const createPolicySchema = z
  .strictObject({
    slug: slugSchema.refine((slug) => !idSchema.safeParse(slug).success, 'A slug must not look like an id.'),
    name: nameSchema,
    description: descriptionSchema.optional(),
    draft: policyDocumentSchema
      .optional()
      .describe('First draft; when left out, one that asks for a document and a living face'),
  })
  .meta({ id: 'CreatePolicy', example: { slug: 'identity', name: 'Identity' } });

export const updatePolicySchema = z
  .strictObject({
    name: nameSchema.optional(),
    description: descriptionSchema.optional(),
    draft: policyDocumentSchema.optional().describe('Replaces the draft'),
  })
  .refine((change) => Object.keys(change).length > 0, 'Change at least one property.')
  .meta({ id: 'UpdatePolicy', example: { name: 'Identity, stricter' } });

const policyShape = {
  id: idSchema,
  slug: slugSchema,
  name: z.string().describe('Name for people'),
  description: z.string().describe('What the policy is for'),
  publishedVersion: z
    .number()
    .int()
    .nullable()
    .describe('The version new sessions use; null before the first'),
  draftChanged: z.boolean().describe('Whether the draft differs from the published version'),
  version: z.number().int().describe('The ETag, as a number'),
  createdAt: timestampSchema,
  updatedAt: timestampSchema,
};

export const policySchema = z
  .object({ ...policyShape, draft: policyDocumentSchema.describe('What the next version will be') })
  .meta({ id: 'Policy', example: policyExample });

export const policyPageSchema = pageOf(
  z.object(policyShape).meta({ id: 'PolicyItem', example: policyItemExample }),
).meta({
  id: 'PolicyPage',
});

export const policyQuerySchema = z.strictObject(pageQuery);

const versionShape = {
  policyId: idSchema,
  version: z.number().int().describe('Number of the version, from 1'),
  fingerprint: z.string().describe('SHA-256 of the document as canonical JSON, in hex'),
  publishedBy: z.string().describe('Who published it'),
  publishedAt: timestampSchema,
};

const policyVersionSchemaShape = { ...versionShape, document: policyDocumentSchema };

export const policyVersionSchema = z
  .object(policyVersionSchemaShape)
  .meta({ id: 'PolicyVersion', example: policyVersionExample });

export const policyVersionPageSchema = pageOf(
  z.object(versionShape).meta({ id: 'PolicyVersionItem', example: policyVersionItemExample }),
).meta({
  id: 'PolicyVersionPage',
});

const findingSchema = z
  .object({
    path: z.string().describe('JSON pointer into the draft'),
    message: z.string().describe('What is wrong there'),
    fix: z.string().nullable().describe('What to do about it'),
  })
  .meta({ id: 'PolicyFinding' });

export const publishedVersionSchema = z
  .object({
    ...policyVersionSchemaShape,
    warnings: z.array(findingSchema).describe('What was published but is probably not meant'),
  })
  .meta({ id: 'PublishedPolicyVersion', example: { ...policyVersionExample, warnings: [] } });

export const policyPreviewSchema = z
  .object({
    specification: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe(
        "Yoti's create-session body, with placeholders for what differs by session; null when it can't be built",
      ),
    errors: z.array(findingSchema).describe('What keeps the draft from being published'),
    warnings: z.array(findingSchema).describe('What can be published but is probably not meant'),
  })
  .meta({ id: 'PolicyPreview', example: policyPreviewExample });

/** Number of a version in a path. */
export const versionNumberSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(2_147_483_647)
  .describe('Number of the version');
