import { z } from 'zod';
import { idSchema, slugSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf, pageQuery } from '../http/pagination.js';

/** Why a person decided as they did. Closed lists, so that decisions can be counted. */
export const reasonCodes = {
  approved: ['evidence_sufficient', 'known_customer', 'false_alarm'],
  rejected: [
    'document_not_genuine',
    'document_expired',
    'document_unreadable',
    'person_does_not_match',
    'liveness_doubtful',
    'data_mismatch',
    'other',
  ],
} as const;

/** Only a session that is completed has a review, so that nothing but a decision ends one. */
export const reviewStatuses = ['open', 'decided'] as const;

const allReasonCodes = [...reasonCodes.approved, ...reasonCodes.rejected] as const;

const reviewExample = {
  id: exampleIds.review,
  sessionId: exampleIds.session,
  reference: 'customer-4711',
  policy: { id: exampleIds.policy, slug: 'identity', name: 'Identity', version: 1 },
  status: 'open',
  reasonCodes: ['ID_DOCUMENT_FACE_MATCH:NOT_AVAILABLE:LARGE_AGE_GAP'],
  claimedBy: { id: exampleIds.reviewer, name: 'A Reviewer', until: '2026-03-04T10:42:00.000Z' },
  decision: null,
  reasonCode: null,
  note: null,
  decidedBy: null,
  decidedAt: null,
  createdAt: '2026-03-04T10:25:00.000Z',
  version: 2,
};

export const reviewSchema = z
  .object({
    id: idSchema,
    sessionId: idSchema,
    reference: z.string().nullable().describe("The session's reference"),
    policy: z.object({ id: idSchema, slug: slugSchema, name: z.string(), version: z.number().int() }),
    status: z.enum(reviewStatuses),
    reasonCodes: z.array(z.string()).describe('Why a person has to decide'),
    claimedBy: z
      .object({ id: z.string(), name: z.string().nullable(), until: timestampSchema })
      .nullable()
      .describe('Who works on it, until when'),
    decision: z.enum(['approved', 'rejected']).nullable(),
    reasonCode: z.string().nullable(),
    note: z
      .string()
      .nullable()
      .describe(
        'Only where one review is read, and to callers with results:read, and the look is recorded in the audit trail; null also when its encryption key was lost',
      ),
    decidedBy: z.string().nullable(),
    decidedAt: timestampSchema.nullable(),
    createdAt: timestampSchema,
    version: z.number().int().describe('The ETag, as a number'),
  })
  .meta({ id: 'Review', example: reviewExample });

export const reviewPageSchema = pageOf(reviewSchema)
  .extend({ openCount: z.number().int().describe('Open reviews of the tenant') })
  .meta({ id: 'ReviewPage', example: { items: [reviewExample], next: null, openCount: 1 } });

export const reviewQuerySchema = z.strictObject({
  ...pageQuery,
  status: z.enum(reviewStatuses).optional().describe('Open unless given'),
});

export const decideReviewSchema = z
  .strictObject({
    decision: z.enum(['approved', 'rejected']).describe('The final word'),
    reasonCode: z.enum(allReasonCodes).describe('Why; each decision has its own list'),
    note: z.string().max(2000).optional().describe('For colleagues; stored encrypted'),
  })
  .refine(({ decision, reasonCode }) => (reasonCodes[decision] as readonly string[]).includes(reasonCode), {
    path: ['reasonCode'],
    message: 'The reason code does not belong to this decision.',
  })
  .meta({ id: 'DecideReview', example: { decision: 'approved', reasonCode: 'evidence_sufficient' } });

/** The case a claim hands out, or none when the queue is empty. */
export const claimSchema = z
  .object({ review: reviewSchema.nullable().describe('Null: nothing is waiting') })
  .meta({ id: 'Claim', example: { review: reviewExample } });
