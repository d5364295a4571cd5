import { z } from 'zod';
import { specificationSchema } from '../yoti/specification.js';

const checkTypeSchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "A type in Yoti's spelling, such as LIVENESS.")
  .describe("Type of the check in Yoti's spelling, such as LIVENESS");

const conditionSchema = z
  .discriminatedUnion('fact', [
    z
      .strictObject({
        fact: z.literal('all_checks').describe('Every check of the session, those asked for and any other'),
        is: z.literal('APPROVE').describe('Approved; for liveness one approved attempt is enough'),
      })
      .meta({ id: 'AllChecksCondition' }),
    z
      .strictObject({
        fact: z.literal('check').describe('One type of check'),
        type: checkTypeSchema,
        recommendation: z
          .array(z.enum(['APPROVE', 'REJECT', 'NOT_AVAILABLE', 'CONSIDER']))
          .min(1)
          .max(4)
          .describe(
            'Holds when Yoti recommends one of these; APPROVE only when all checks of the type are approved',
          ),
        reason: z
          .array(z.string().min(1).max(64))
          .min(1)
          .max(64)
          .optional()
          .describe("And only for one of these reasons, in Yoti's spelling, such as COUNTERFEIT"),
      })
      .meta({ id: 'CheckCondition' }),
    z
      .strictObject({
        fact: z.literal('sub_check').describe('One sub-check'),
        name: z.string().min(1).max(64).describe("Name in Yoti's spelling, such as document_in_date"),
        result: z
          .enum(['PASS', 'FAIL'])
          .describe('PASS needs every report of it to pass, FAIL only one to fail'),
      })
      .meta({ id: 'SubCheckCondition' }),
    z
      .strictObject({
        fact: z.literal('session_state').describe("Yoti's state of the session"),
        is: z.enum(['ONGOING', 'COMPLETED', 'EXPIRED']).describe('The state'),
      })
      .meta({ id: 'SessionStateCondition' }),
  ])
  .describe('Something the result of a session shows')
  .meta({ id: 'DecisionCondition' });

const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('Name, stored with every decision the rule makes'),
    when: z.array(conditionSchema).min(1).max(16).describe('Holds when all of these hold'),
    outcome: z.enum(['approve', 'reject', 'review']).describe('What it comes to'),
    reasonCodes: z
      .array(z.string().regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'Letters, digits and _ . : - only, at most 100.'))
      .max(16)
      .describe('Your own codes, stored with the decision'),
  })
  .meta({ id: 'DecisionRule' });

/** How a finished session is decided. */
export const decisionRulesSchema = z
  .strictObject({
    rules: z
      .array(ruleSchema)
      .max(64)
      .describe(
        'In order; the first that holds decides. Without any, a session whose checks are all approved is approved',
      ),
    otherwise: z.enum(['review', 'reject']).describe('What it comes to when nothing above decides'),
  })
  .describe('How a finished session is decided')
  .meta({ id: 'DecisionRules' });

export type Condition = z.infer<typeof conditionSchema>;
export type DecisionRules = z.infer<typeof decisionRulesSchema>;

/** Everything a policy says: what is asked of the person, why, and how the answer is decided. */
export const policyDocumentSchema = z
  .strictObject({
    ...specificationSchema.shape,
    purpose: z
      .strictObject({
        title: z.string().min(1).max(200).optional().describe('Heading above the text'),
        text: z.string().min(1).max(2000).describe('Why this is asked, in the words the person reads'),
      })
      .describe('What the person is told before they begin'),
    decision: decisionRulesSchema,
  })
  .describe('What is asked of the person, why, and how the answer is decided')
  .meta({ id: 'PolicyDocument' });

export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

/**
 * What the result of a session has to have before the session can be approved: the types of the checks that were asked
 * for, and `IDENTITY_PROFILE` or `ADVANCED_IDENTITY_PROFILE` where a profile was.
 */
export function requestedOf({ checks, identityProfile, advancedIdentityProfiles }: PolicyDocument): string[] {
  return [
    ...checks.map(({ type }) => type),
    ...(identityProfile === undefined ? [] : ['IDENTITY_PROFILE']),
    ...(advancedIdentityProfiles === undefined ? [] : ['ADVANCED_IDENTITY_PROFILE']),
  ];
}

const DAY_SECONDS = 24 * 60 * 60;

/** What a new policy starts with: one identity document, a living face, and both belong together. */
export const starterDocument: PolicyDocument = {
  documents: [
    {
      type: 'ID_DOCUMENT',
      filter: {
        kind: 'ORTHOGONAL',
        documentTypes: { inclusion: 'INCLUDE', types: ['PASSPORT', 'DRIVING_LICENCE', 'NATIONAL_ID'] },
        allowExpired: false,
      },
    },
  ],
  checks: [
    { type: 'ID_DOCUMENT_AUTHENTICITY', manualCheck: 'FALLBACK' },
    { type: 'LIVENESS', livenessType: 'STATIC', maxRetries: 3 },
    { type: 'ID_DOCUMENT_FACE_MATCH', manualCheck: 'FALLBACK' },
  ],
  tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', manualCheck: 'FALLBACK' }],
  capture: { methods: 'CAMERA', allowHandoff: true },
  client: {},
  limits: { tokenTtlSeconds: 900, resourcesTtlSeconds: 7 * DAY_SECONDS },
  purpose: {
    title: 'Confirm who you are',
    text: 'We need to make sure that it is really you. You will show an identity document and take a picture of your face.',
  },
  decision: { rules: [], otherwise: 'review' },
};
