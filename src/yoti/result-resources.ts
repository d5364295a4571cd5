import { z } from 'zod';
import { extractedFieldSchema, machineReadableZoneSchema } from './result-fields.js';
import { addedMedia, mediaRefSchema, other, otherIfAny, taskSchema, times } from './result-parts.js';

const pageSchema = z
  .object({
    captureMethod: z.string().nullable().describe('CAMERA or UPLOAD.'),
    media: mediaRefSchema.nullable().describe('The picture of the page.'),
    frames: z.array(mediaRefSchema).describe('Further shots taken while capturing.'),
    extractionImageIds: z
      .array(z.string())
      .default([])
      .describe('Ids of the pictures that the text was read from.'),
    other,
  })
  .meta({ id: 'Page' });

const resource = {
  id: z.string().describe("Yoti's id of the resource."),
  tasks: z.array(taskSchema).describe('Tasks on this resource.'),
  source: z
    .object({ type: z.string().describe('END_USER, RELYING_BUSINESS or IBV.'), other: otherIfAny })
    .nullable()
    .default(null)
    .describe('Who supplied it; null when not told.'),
  counted: z
    .boolean()
    .default(false)
    .describe('Whether a check that counts used it. There is a resource for every attempt.'),
  countedBy: z.array(z.string()).default([]).describe('Ids of the checks that count and used it.'),
  ...times,
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
    .describe("The document's data as Yoti wrote it; null until it is fetched."),
  extractedFields: z
    .array(extractedFieldSchema)
    .default([])
    .describe('Every field with all its sources, and whether they agree.'),
  machineReadableZone: machineReadableZoneSchema
    .nullable()
    .default(null)
    .describe('Null when none was read.'),
};

export const idDocumentSchema = z
  .object({
    ...document,
    documentIdPhoto: mediaRefSchema.nullable().describe('The portrait on the document.'),
    expandedDocumentFields: mediaRefSchema.nullable().describe('Every field as read, with its source.'),
    expandedFields: z
      .record(z.string(), z.unknown())
      .nullable()
      .default(null)
      .describe('The expanded fields as Yoti wrote them; null until they are fetched.'),
  })
  .describe('An identity document that was captured. There is one for every attempt.')
  .meta({ id: 'IdDocument' });

export const supplementaryDocumentSchema = z
  .object({ ...document, file: mediaRefSchema.nullable().describe('The uploaded file.') })
  .describe('A further document, such as a bill.')
  .meta({ id: 'SupplementaryDocument' });

export const livenessCaptureSchema = z
  .object({
    ...resource,
    livenessType: z.string().nullable().describe('ZOOM or STATIC.'),
    image: mediaRefSchema.nullable().describe('The picture of the face (STATIC).'),
    frames: z.array(mediaRefSchema).describe('The pictures of the face (ZOOM).'),
    facemap: mediaRefSchema.nullable().describe('The face in three dimensions (ZOOM).'),
  })
  .describe('One attempt at liveness.')
  .meta({ id: 'LivenessCapture' });

export const faceCaptureSchema = z
  .object({ ...resource, image: mediaRefSchema.nullable().describe('The picture of the face.') })
  .describe('A picture of a face that the relying business supplied.')
  .meta({ id: 'FaceCapture' });

export const applicantProfileSchema = z
  .object({ ...resource, media: mediaRefSchema.nullable().describe("The person's data as supplied.") })
  .describe('Data about the person that the relying business supplied.')
  .meta({ id: 'ApplicantProfile' });

export const shareCodeSchema = z
  .object({
    ...resource,
    lookupProfile: addedMedia('The data that the share code was looked up with.'),
    returnedProfile: addedMedia('The data that the authority returned.'),
    idPhoto: addedMedia('The portrait that the authority returned.'),
    file: addedMedia("The authority's document."),
  })
  .describe('A share code of an authority, such as the one for the right to work.')
  .meta({ id: 'ShareCode' });

export type IdDocument = z.infer<typeof idDocumentSchema>;
export type SupplementaryDocument = z.infer<typeof supplementaryDocumentSchema>;
