import { z } from 'zod';
import { sessionResultExample } from './result.example.js';

const time = z.string().nullable();
const created = time.describe('When it was made, as Yoti wrote it; null when not told.');
const updated = time.describe('When it last changed, as Yoti wrote it; null when not told.');

const mediaRefSchema = z
  .object({
    id: z.string().describe("Yoti's id of the media."),
    type: z.string().describe('IMAGE, JSON, BINARY or PDF.'),
    createdAt: created,
    lastUpdatedAt: updated,
  })
  .describe('Where to find an image, a set of fields or another file.')
  .meta({ id: 'MediaRef' });

const other = z
  .record(z.string(), z.unknown())
  .describe('Parts of the answer that have no place of their own, as Yoti gave them.');

const generatedSchema = z
  .array(
    z.object({
      id: z.string().describe("Yoti's id."),
      type: z.string().describe("Yoti's type."),
    }),
  )
  .describe('What came out of it, by id and type.');

const recommendationSchema = z
  .object({
    value: z.string().describe('APPROVE, REJECT, NOT_AVAILABLE or CONSIDER.'),
    reason: z.string().nullable().describe('Why, as a code of Yoti.'),
    recoverySuggestion: z.string().nullable().describe('What would help, as a code of Yoti.'),
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
        }),
      )
      .describe('What the sub-check found.'),
  })
  .meta({ id: 'SubCheck' });

const checkSchema = z
  .object({
    id: z.string().describe("Yoti's id of the check."),
    type: z.string().describe('Type of the check, such as LIVENESS.'),
    state: z.string().describe('CREATED, READY, PENDING, DONE or INTERNAL_ERROR.'),
    resourcesUsed: z.array(z.string()).describe('Ids of the documents and captures judged.'),
    recommendation: recommendationSchema.nullable().describe('Null until the check is done.'),
    breakdown: z.array(subCheckSchema).describe('The sub-checks that were attempted.'),
    generatedMedia: generatedSchema,
    createdAt: created,
    lastUpdatedAt: updated,
    other,
  })
  .describe('A judgement about one or more resources.')
  .meta({ id: 'Check' });

const taskSchema = z
  .object({
    id: z.string().describe("Yoti's id of the task."),
    type: z.string().describe('Type of the task.'),
    state: z.string().describe('CREATED, PENDING, DONE or FAILED.'),
    recommendation: z
      .object({
        value: z.string().describe('PROGRESS, SHOULD_TRY_AGAIN or MUST_TRY_AGAIN.'),
        reason: z.string().nullable().describe('QUALITY or USER_ERROR.'),
        detail: z.string().nullable().describe('Which fault, as a code of Yoti.'),
      })
      .nullable()
      .describe('Whether the person should try again.'),
    generatedChecks: generatedSchema,
    generatedMedia: generatedSchema,
    createdAt: created,
    lastUpdatedAt: updated,
    other,
  })
  .describe('Work on a resource, such as reading its text.')
  .meta({ id: 'Task' });

const pageSchema = z
  .object({
    captureMethod: z.string().nullable().describe('CAMERA or UPLOAD.'),
    media: mediaRefSchema.nullable().describe('The picture of the page.'),
    frames: z.array(mediaRefSchema).describe('Further shots taken while capturing.'),
    other,
  })
  .meta({ id: 'Page' });

const resource = {
  id: z.string().describe("Yoti's id of the resource."),
  tasks: z.array(taskSchema).describe('Tasks on this resource.'),
  createdAt: created,
  lastUpdatedAt: updated,
  other,
};

const document = {
  ...resource,
  documentType: z.string().nullable().describe('Type of the document, such as PASSPORT.'),
  issuingCountry: z.string().nullable().describe('Issuing country, ISO 3166-1 alpha-3.'),
  pages: z.array(pageSchema).describe('The pages captured.'),
  documentFields: mediaRefSchema.nullable().describe("Where the document's data is."),
  fields: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe("The document's data; null until it is fetched."),
};

const idDocumentSchema = z
  .object({
    ...document,
    documentIdPhoto: mediaRefSchema.nullable().describe('The portrait on the document.'),
    expandedDocumentFields: mediaRefSchema.nullable().describe('Every field as read, with its source.'),
  })
  .describe('An identity document that was captured. There is one for every attempt.')
  .meta({ id: 'IdDocument' });

const supplementaryDocumentSchema = z
  .object({ ...document, file: mediaRefSchema.nullable().describe('The uploaded file.') })
  .describe('A further document, such as a bill.')
  .meta({ id: 'SupplementaryDocument' });

const livenessCaptureSchema = z
  .object({
    ...resource,
    livenessType: z.string().nullable().describe('ZOOM or STATIC.'),
    image: mediaRefSchema.nullable().describe('The picture of the face (STATIC).'),
    frames: z.array(mediaRefSchema).describe('The pictures of the face (ZOOM).'),
    facemap: mediaRefSchema.nullable().describe('The face in three dimensions (ZOOM).'),
  })
  .describe('One attempt at liveness.')
  .meta({ id: 'LivenessCapture' });

const faceCaptureSchema = z
  .object({ ...resource, image: mediaRefSchema.nullable().describe('The picture of the face.') })
  .describe('A picture of a face that the relying business supplied.')
  .meta({ id: 'FaceCapture' });

/**
 * The result of a session in Countersign's own words: everything of Yoti's answer that matters, and no token. Values
 * that Yoti may extend (types, states, reasons, sub-checks) are open strings.
 */
export const sessionResultSchema = z
  .object({
    yotiSessionId: z.string().describe("Yoti's id of the session."),
    state: z.string().describe('ONGOING, COMPLETED or EXPIRED.'),
    tokenTtlSeconds: z
      .number()
      .nullable()
      .describe('Seconds the person had left when this was read; null when not told.'),
    clientTokenLive: z.boolean().describe('Whether the person could still act when this was read.'),
    biometricConsentAt: time.describe('When the person agreed to the use of their face; null before.'),
    checks: z.array(checkSchema).describe('The checks, in the order of Yoti.'),
    idDocuments: z.array(idDocumentSchema).describe('Identity documents captured.'),
    livenessCaptures: z.array(livenessCaptureSchema).describe('Attempts at liveness.'),
    supplementaryDocuments: z.array(supplementaryDocumentSchema).describe('Further documents captured.'),
    faceCaptures: z.array(faceCaptureSchema).describe('Pictures supplied by the relying business.'),
    other,
  })
  .describe('What Yoti found.')
  .meta({ id: 'SessionResult', example: sessionResultExample });

export type SessionResult = z.infer<typeof sessionResultSchema>;
export type MediaRef = z.infer<typeof mediaRefSchema>;
export type CheckResult = z.infer<typeof checkSchema>;
export type TaskResult = z.infer<typeof taskSchema>;
export type IdDocument = z.infer<typeof idDocumentSchema>;
