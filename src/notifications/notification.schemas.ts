import { z } from 'zod';
import { idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf, pageQuery } from '../http/pagination.js';

/**
 * Yoti's notification (Yoti: "Notifications"). Unknown topics and fields are kept: a notification is a hint that
 * something changed, never the source of what is true.
 */
export const yotiNotificationSchema = z.looseObject({
  session_id: z.uuid(),
  topic: z.string().min(1).max(100),
});

export const notificationSchema = z
  .object({
    id: idSchema,
    sessionId: idSchema,
    topic: z.string().describe("Yoti's topic"),
    receivedAt: timestampSchema,
    duplicate: z.boolean().describe('Whether an earlier one of the session had the same topic and body'),
    late: z.boolean().describe('Whether the session had closed before'),
  })
  .meta({
    id: 'Notification',
    example: {
      id: exampleIds.notification,
      sessionId: exampleIds.session,
      topic: 'session_completion',
      receivedAt: '2026-03-04T10:24:59.000Z',
      duplicate: false,
      late: false,
    },
  });

export const notificationPageSchema = pageOf(notificationSchema).meta({ id: 'NotificationPage' });

export const notificationQuerySchema = z.strictObject({
  ...pageQuery,
  sessionId: idSchema.optional().describe('Only of this session'),
});
