import { z } from 'zod';
import { httpUrlSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { credentialStatuses } from './credential.entity.js';

export const createCredentialSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe('Name for people'),
    sdkId: idSchema.describe("The Yoti application's client SDK id"),
    apiUrl: httpUrlSchema.describe("Yoti's API base: one of those the operator allows"),
    privateKeyPem: z
      .string()
      .min(1)
      .max(16_384)
      .describe("The application's RSA private key as PEM; stored encrypted and never returned")
      .meta({ writeOnly: true }),
  })
  .meta({
    id: 'CreateCredential',
    example: {
      name: 'Production',
      sdkId: '5d4a0b8e-6c0f-4a43-9d55-2f3f6f7d0c11',
      apiUrl: 'https://api.yoti.com/idverify/v1',
      privateKeyPem: '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----\n',
    },
  });

const lastCheckSchema = z
  .object({
    ok: z.boolean().describe('Whether sessions can be made with it'),
    diagnosis: z.string().describe('What was found, as a code such as OK, WRONG_KEY or UNKNOWN_APP'),
    message: z.string().describe('What was found, in words'),
    clockSkewSeconds: z
      .number()
      .nullable()
      .describe("How far the server's clock is ahead of Yoti's; null when Yoti didn't tell"),
    at: timestampSchema,
  })
  .meta({ id: 'CredentialCheck' });

export const credentialSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Name for people'),
    sdkId: z.string().describe("The Yoti application's client SDK id"),
    apiUrl: z.string().describe("Yoti's API base"),
    keyFingerprint: z.string().describe('SHA-256 of the public key (SPKI, DER), in hex'),
    status: z
      .enum(credentialStatuses)
      .describe('New sessions use the active one; a retiring one serves the sessions it has made'),
    lastCheck: lastCheckSchema.nullable().describe('What the last check found; null before the first'),
    createdAt: timestampSchema,
    activatedAt: timestampSchema.nullable().describe('When it became active'),
    retiredAt: timestampSchema.nullable().describe('When it was retired'),
  })
  .meta({
    id: 'Credential',
    example: {
      id: exampleIds.credential,
      name: 'Production',
      sdkId: '5d4a0b8e-6c0f-4a43-9d55-2f3f6f7d0c11',
      apiUrl: 'https://api.yoti.com/idverify/v1',
      keyFingerprint: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      status: 'active',
      lastCheck: {
        ok: true,
        diagnosis: 'OK',
        message: 'Yoti accepts the credential.',
        clockSkewSeconds: 0,
        at: '2026-03-04T10:07:00.000Z',
      },
      createdAt: '2026-03-04T10:06:00.000Z',
      activatedAt: '2026-03-04T10:08:00.000Z',
      retiredAt: null,
    },
  });

export const credentialPageSchema = pageOf(credentialSchema).meta({ id: 'CredentialPage' });

export const credentialQuerySchema = z.strictObject(pageQuery);
