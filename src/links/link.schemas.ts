import { z } from 'zod';
import { idSchema, timestampSchema } from '../http/common.schemas.js';
import { emailAddressSchema } from '../mail/mail-settings.js';
import { smtpErrorClasses } from '../mail/smtp-errors.js';
import { emailExample, linkExample } from './link.examples.js';
import { linkStates } from './link.states.js';

/** How often a session's link may be sent by e-mail. */
export const MAX_EMAILS = 5;

export const emailStatuses = ['pending', 'sent', 'failed', 'cancelled'] as const;

/** Why an e-mail has not been sent: what the mail server said, or what kept it from being tried. */
export const emailReasons = [...smtpErrorClasses, 'link_ended', 'server_failed'] as const;

export const linkEmailSchema = z
  .object({
    id: idSchema,
    status: z
      .enum(emailStatuses)
      .describe('pending: will be sent or tried again; sent: the mail server has taken it'),
    attemptCount: z.number().int().describe('How often the mail server was asked to take it'),
    reason: z.enum(emailReasons).nullable().describe('Why it has not been sent, or not yet'),
    replyCode: z
      .number()
      .int()
      .nullable()
      .describe("The mail server's reply code to the last attempt, if it refused"),
    nextAttemptAt: timestampSchema.nullable().describe('When it is tried next'),
    createdAt: timestampSchema,
    finishedAt: timestampSchema
      .nullable()
      .describe('When it was sent or given up; the address is forgotten then'),
  })
  .meta({ id: 'LinkEmail', example: emailExample });

export const linkSchema = z
  .object({
    sessionId: idSchema,
    state: z
      .enum(linkStates)
      .describe(
        'active: it opens the hosted page; revoked: taken back; expired: its time ran out; used_up: the person has ' +
          'finished; closed: the session was cancelled, failed or erased; creating: in a moment',
      ),
    url: z.string().nullable().describe('The address, while it is active, for callers with sessions:write'),
    createdAt: timestampSchema.describe('When this link was made'),
    expiresAt: timestampSchema.nullable().describe("When it stops working, with Yoti's client token"),
    openedAt: timestampSchema.nullable().describe('When its page was last opened, to the minute'),
    endedAt: timestampSchema.nullable().describe('When the link before this one was revoked or replaced'),
    emails: z
      .object({
        available: z.boolean().describe('Whether this installation can send e-mail'),
        remaining: z.number().int().describe('How many more may be sent for this session'),
        items: z.array(linkEmailSchema).describe('Oldest first, without their addresses'),
      })
      .describe('Links of this session sent by e-mail'),
  })
  .meta({ id: 'SessionLink', example: linkExample });

export const emailLinkSchema = z
  .strictObject({
    email: emailAddressSchema.describe(
      'Where to send the link; kept encrypted until it is sent, then forgotten',
    ),
    locale: z
      .string()
      .regex(/^[a-z]{2}(-[A-Z]{2}|-\d{3})?$/, 'A language tag such as en-GB.')
      .optional()
      .describe("Language of the e-mail; the session's when left out"),
  })
  .meta({ id: 'EmailLink', example: { email: 'person@mail.example', locale: 'en-GB' } });
