import { z } from 'zod';
import { givenTimeSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { feedOf, pageOf, pageQuery } from '../http/pagination.js';
import { eventNames, eventSchema } from './event-types.js';

export const auditEntrySchema = z
  .object({
    id: idSchema,
    at: timestampSchema,
    actor: z
      .object({
        type: z.string().describe('api_key, user, operator, person, yoti or system'),
        id: z.string().nullable().describe('Id of the API key or user'),
      })
      .describe('Who did it'),
    action: z.string().describe('What was done'),
    object: z.object({ type: z.string(), id: z.string() }).describe('To what'),
    sessionId: idSchema.nullable().describe('The session it concerns'),
    requestId: z.string().nullable().describe('The request it came with'),
    details: z.record(z.string(), z.unknown()).describe('Ids and codes'),
  })
  .meta({
    id: 'AuditEntry',
    example: {
      id: exampleIds.auditEntry,
      at: '2026-03-04T10:28:00.000Z',
      actor: { type: 'user', id: exampleIds.reviewer },
      action: 'media.viewed',
      object: { type: 'session', id: exampleIds.session },
      sessionId: exampleIds.session,
      requestId: exampleIds.request,
      details: { mediaId: '67bc7d48-431b-4db1-8b5a-1c2ed98eef8f', kind: 'document_portrait' },
    },
  });

export const auditPageSchema = pageOf(auditEntrySchema).meta({ id: 'AuditEntryPage' });

export const auditQuerySchema = z.strictObject({
  ...pageQuery,
  action: z.string().max(100).optional().describe('Only this action'),
  actorId: z.string().max(100).optional().describe('Only this actor'),
  objectId: z.string().max(100).optional().describe('Only this object'),
  sessionId: idSchema.optional().describe('Only what concerns this session'),
  from: givenTimeSchema.optional().describe('Not before'),
  to: givenTimeSchema.optional().describe('Before'),
});

export const eventPageSchema = feedOf(eventSchema).meta({ id: 'EventPage' });

export const eventQuerySchema = z.strictObject({
  ...pageQuery,
  type: z
    .enum(eventNames)
    .optional()
    .describe(
      'Only this type. So many events are searched at once that a page may be empty and go on all the same.',
    ),
  sessionId: idSchema.optional().describe('Only of this session'),
});
