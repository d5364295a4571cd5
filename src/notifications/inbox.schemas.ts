import { z } from 'zod';
import { parkedKinds } from '../database/parked-work.js';
import { givenTimeSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';

const kindSchema = z.enum(parkedKinds);
const count = z.number().int();

export const inboxQuerySchema = z.strictObject({
  from: givenTimeSchema.optional().describe('Begin of the period; 24 hours before its end unless given'),
  to: givenTimeSchema.optional().describe('End of the period; now unless given'),
});

const parkedItemSchema = z.object({
  kind: kindSchema.describe('A session whose sync, or a delivery that was given up'),
  id: idSchema.describe('Of the session or the delivery'),
  sessionId: idSchema.nullable().describe('The session it concerns'),
  reason: z.string().describe('Why, as a code or a sentence'),
  parkedAt: timestampSchema.nullable().describe('Since when'),
});

const queueSchema = z.object({
  kind: kindSchema.describe('Syncs of sessions, or deliveries'),
  waiting: count.describe('Due, and not taken up yet'),
  running: count.describe('Taken up'),
  oldestDueAt: timestampSchema.nullable().describe('When the oldest waiting one became due: the lag'),
});

/** How the inbox and the work behind it are doing. */
export const inboxSchema = z
  .object({
    from: timestampSchema,
    to: timestampSchema,
    notifications: z
      .object({
        received: count.describe('Stored and answered 200'),
        duplicates: count.describe('Of these, with the topic and body of an earlier one of their session'),
        late: count.describe('Of these, about a session that had closed'),
        forged: count.describe(
          "Refused: to a path of the tenant's without its token or about another session",
        ),
      })
      .describe('In the period. Forged ones are counted by the hour'),
    foundWithoutNotification: count.describe(
      'Steps of sessions in the period, by the hour, that a sync found by schedule, before or without a notification',
    ),
    queues: z.array(queueSchema).describe('What is due now'),
    parked: z
      .object({
        count: count.describe('All of them'),
        items: z.array(parkedItemSchema).describe('At most 100 of each kind, longest parked first'),
      })
      .describe('What the server has given up until somebody replays it; deliveries of the last 30 days'),
  })
  .meta({
    id: 'Inbox',
    example: {
      from: '2026-03-03T12:00:00.000Z',
      to: '2026-03-04T12:00:00.000Z',
      notifications: { received: 1204, duplicates: 12, late: 3, forged: 0 },
      foundWithoutNotification: 1,
      queues: [
        { kind: 'sessions', waiting: 2, running: 4, oldestDueAt: '2026-03-04T11:59:59.000Z' },
        { kind: 'deliveries', waiting: 0, running: 1, oldestDueAt: null },
      ],
      parked: {
        count: 1,
        items: [
          {
            kind: 'sessions',
            id: exampleIds.session,
            sessionId: exampleIds.session,
            reason: 'yoti_bad_response',
            parkedAt: '2026-03-04T09:00:00.000Z',
          },
        ],
      },
    },
  });

export const replaySchema = z
  .strictObject({
    kind: kindSchema.describe('What to replay'),
    id: idSchema.optional().describe('One session or delivery; all that are parked unless given'),
  })
  .meta({ id: 'ReplayParked', example: { kind: 'sessions' } });

export const replayedSchema = z
  .object({
    replayed: count.describe('How many are due now; at most 500 at once'),
    remaining: count.describe(
      'How many of the kind stay parked: beyond 500, or to an endpoint that is disabled',
    ),
  })
  .meta({ id: 'ReplayedParked', example: { replayed: 3, remaining: 0 } });
