import { z } from 'zod';
import { idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf } from '../http/pagination.js';

export const secretNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'Lower-case letters, digits, dots, hyphens and underscores, at most 63.',
  )
  .describe('Name of the secret, as policies name it');

export const setSecretSchema = z
  .strictObject({
    value: z
      .string()
      .regex(/^[\x21-\x7e]{1,4096}$/, 'Visible ASCII characters without spaces, at most 4096.')
      .describe('The value; stored encrypted and never returned')
      .meta({ writeOnly: true }),
  })
  .meta({ id: 'SetSecret', example: { value: 'the-key-that-the-provider-gave-you' } });

export const secretSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Name, as policies name it'),
    createdAt: timestampSchema,
    createdBy: z.string().describe('Who created it'),
    updatedAt: timestampSchema.describe('When its value was set last'),
    updatedBy: z.string().describe('Who set its value last'),
  })
  .meta({
    id: 'Secret',
    example: {
      id: '019cb84a-4100-7000-8000-000000000008',
      name: 'watchlist-key',
      createdAt: '2026-03-04T10:06:00.000Z',
      createdBy: `user:${exampleIds.admin}`,
      updatedAt: '2026-05-06T08:00:00.000Z',
      updatedBy: `user:${exampleIds.admin}`,
    },
  });

export const secretPageSchema = pageOf(secretSchema).meta({ id: 'SecretPage' });
