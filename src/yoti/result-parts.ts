import { z } from 'zod';

/** A time as Yoti wrote it. */
export const timeSchema = z.string().nullable();

export const times = {
  createdAt: timeSchema.describe('When it was made, as Yoti wrote it; null when not told.'),
  lastUpdatedAt: timeSchema.describe('When it last changed, as Yoti wrote it; null when not told.'),
};

export const other = z
  .record(z.string(), z.unknown())
  .describe('Parts of the answer that have no place of their own, as Yoti gave them.');

/** For small parts, which rarely have anything more to them. */
export const otherIfAny = other
  .optional()
  .describe('Parts that have no place of their own, as Yoti gave them; left out when there are none.');

export const mediaRefSchema = z
  .object({
    id: z.string().describe("Yoti's id of the media."),
    type: z.string().describe('IMAGE, JSON, BINARY or PDF.'),
    ...times,
    other: otherIfAny,
  })
  .describe('Where to find an image, a set of fields or another file.')
  .meta({ id: 'MediaRef' });

/** A media that results of earlier releases don't name. */
export const addedMedia = (description: string) =>
  mediaRefSchema.nullable().default(null).describe(description);

const generatedSchema = z
  .array(
    z.object({
      id: z.string().describe("Yoti's id."),
      type: z.string().describe("Yoti's type."),
      other: otherIfAny,
    }),
  )
  .describe('What came out of it, by id and type.');

const recommendationSchema = z
  .object({
    value: z.string().describe('APPROVE, REJECT, NOT_AVAILABLE or CONSIDER.'),
    reason: z.string().nullable().describe('Why, as a code of Yoti.'),
    recoverySuggestion: z.string().nullable().describe('What would help, as a code of Yoti.'),
    other: otherIfAny,
  })
  .describe("What Yoti recommends, from the check's report.")
  .meta({ id: 'Recommendation' });

const subCheckSchema = z
  .object({
    subCheck: z.string().describe('Name of the sub-check.'),
    result: z.string().describe('PASS or FAIL.'),
    process: z.string().nullable().describe('AUTOMATED or EXPERT_REVIEW; null when not told.'),
    details: z
      .array(
        z.object({
          name: z.string().describe('What was measured.'),
          value: z.string().describe('The value found.'),
          other: otherIfAny,
        }),
      )
      .describe('What the sub-check found.'),
    other: otherIfAny,
  })
  .meta({ id: 'SubCheck' });

const searchConfigSchema = z
  .object({
    type: z
      .string()
      .nullable()
      .describe('WITH_YOTI_ACCOUNT or WITH_CUSTOM_ACCOUNT (advanced); null for a screening.'),
    categories: z.array(z.string()).describe('Kinds of lists searched (screening), such as SANCTIONS.'),
    removeDeceased: z.boolean().nullable().describe('Whether people who died were left out (advanced).'),
    shareUrl: z.boolean().nullable().describe('Whether the hits carry addresses to share (advanced).'),
    sources: z
      .object({
        type: z.string().nullable().describe('PROFILE or TYPE_LIST.'),
        searchProfile: z.string().nullable().describe('Name of the search profile (PROFILE).'),
        types: z.array(z.string()).describe('Kinds of lists searched (TYPE_LIST).'),
        other: otherIfAny,
      })
      .nullable()
      .describe('Where the search looked (advanced).'),
    matchingStrategy: z
      .object({
        type: z.string().nullable().describe('EXACT or FUZZY.'),
        exactMatch: z.boolean().nullable().describe('Whether names had to be equal (EXACT).'),
        fuzziness: z.number().nullable().describe('How far names could differ, 0 to 1 (FUZZY).'),
        other: otherIfAny,
      })
      .nullable()
      .describe('How names were compared (advanced).'),
    monitoring: z.boolean().nullable().describe("Whether the search goes on (the customer's own account)."),
    tags: z.record(z.string(), z.unknown()).nullable().describe("Tags (the customer's own account)."),
    clientRef: z.string().nullable().describe("Reference (the customer's own account)."),
    other: otherIfAny,
  })
  .describe('What was searched for. The key of an own account is never kept.')
  .meta({ id: 'WatchlistSearchConfig' });

const watchlistSummarySchema = z
  .object({
    totalHits: z.number().nullable().describe('How many entries of the lists may be this person.'),
    searchConfig: searchConfigSchema.nullable(),
    rawResults: mediaRefSchema.nullable().describe('Where the hits themselves are.'),
    associatedCountryCodes: z.array(z.string()).describe('Countries of the search, ISO 3166-1 alpha-3.'),
    other: otherIfAny,
  })
  .describe('What a watchlist check searched and found.')
  .meta({ id: 'WatchlistSummary' });

export const checkSchema = z
  .object({
    id: z.string().describe("Yoti's id of the check."),
    type: z.string().describe('Type of the check, such as LIVENESS.'),
    state: z.string().describe('CREATED, READY, PENDING, DONE or INTERNAL_ERROR.'),
    resourcesUsed: z.array(z.string()).describe('Ids of the documents and captures judged.'),
    recommendation: recommendationSchema.nullable().describe('Null until the check is done.'),
    breakdown: z.array(subCheckSchema).describe('The sub-checks that were attempted.'),
    watchlistSummary: watchlistSummarySchema.nullable().default(null).describe('Of watchlist checks only.'),
    generatedMedia: generatedSchema,
    generatedProfile: addedMedia("The person's data that a third party or watchlist was asked about."),
    scheme: z.string().nullable().default(null).describe('Of scheme validity checks only.'),
    ...times,
    other,
  })
  .describe('A judgement about one or more resources.')
  .meta({ id: 'Check' });

export const taskSchema = z
  .object({
    id: z.string().describe("Yoti's id of the task."),
    type: z.string().describe('Type of the task.'),
    state: z.string().describe('CREATED, PENDING, DONE or FAILED.'),
    recommendation: z
      .object({
        value: z.string().describe('PROGRESS, SHOULD_TRY_AGAIN or MUST_TRY_AGAIN.'),
        reason: z.string().nullable().describe('QUALITY or USER_ERROR.'),
        detail: z.string().nullable().describe('Which fault, as a code of Yoti.'),
        other: otherIfAny,
      })
      .nullable()
      .describe('Whether the person should try again.'),
    generatedChecks: generatedSchema,
    generatedMedia: generatedSchema,
    ...times,
    other,
  })
  .describe('Work on a resource, such as reading its text.')
  .meta({ id: 'Task' });

export type MediaRef = z.infer<typeof mediaRefSchema>;
