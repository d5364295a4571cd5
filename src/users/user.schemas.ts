import { z } from 'zod';
import { roleNames } from '../auth/scopes.js';
import { idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf } from '../http/pagination.js';

const roleSchema = z.enum(roleNames).describe('What the person may do in this tenant');

const userShape = {
  id: idSchema,
  email: z.string().describe('E-mail address'),
  name: z.string().describe('Name'),
  role: roleSchema,
  addedAt: timestampSchema,
};

const userExample = {
  id: exampleIds.reviewer,
  email: 'reviewer@retail.example',
  name: 'A Reviewer',
  role: 'reviewer',
  addedAt: '2026-03-04T10:05:00.000Z',
};

export const userSchema = z.object(userShape).meta({ id: 'User', example: userExample });
export const userPageSchema = pageOf(userSchema).meta({ id: 'UserPage' });
export const addedUserSchema = z
  .object({
    ...userShape,
    initialPassword: z
      .string()
      .nullable()
      .describe('Shown once; null when the person had an account already and keeps their password'),
  })
  .meta({ id: 'AddedUser', example: { ...userExample, initialPassword: 'EXAMPLE-PASSWORD' } });

export const addUserSchema = z
  .strictObject({
    email: z.email().max(320).describe('E-mail address'),
    name: z.string().trim().min(1).max(200).describe('Name; kept from the account where there is one'),
    role: roleSchema,
  })
  .meta({
    id: 'AddUser',
    example: { email: 'reviewer@retail.example', name: 'A Reviewer', role: 'reviewer' },
  });

export const changeUserSchema = z.strictObject({ role: roleSchema }).meta({
  id: 'ChangeUser',
  example: { role: 'supervisor' },
});
