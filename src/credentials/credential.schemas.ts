import { z } from 'zod';
import { httpUrlSchema, idSchema, timestampSchema } from '../http/common.schemas.js';
import { exampleIds } from '../http/example.ids.js';
import { pageOf, pageQuery } from '../http/pagination.js';
import { credentialStatuses } from './credential.entity.js';
import { findingCodes, findingsOf } from './credential.findings.js';
import { environments } from './environment.js';
import { notificationFinding } from './notification-address.js';

export const environmentSchema = z
  .enum(environments)
  .describe("Where the application lives: at Yoti, in Yoti's sandbox, or in a simulator");

export const createCredentialSchema = z
  .strictObject({
    name: z.string().min(1).max(200).describe('Name for people'),
    sdkId: idSchema.describe("The Yoti application's client SDK id"),
    apiUrl: httpUrlSchema.describe("Yoti's API base: one of those the operator allows"),
    environment: environmentSchema
      .optional()
      .describe('Checked against the address, which tells the environment'),
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

const depthSchema = z
  .enum(['basic', 'full'])
  .describe(
    'basic only reads; full also makes a session that nobody opens, and deletes it. Full unless the credential is active; always full for a suspect one',
  );

export const checkCredentialSchema = z
  .strictObject({ depth: depthSchema.optional() })
  .meta({ id: 'CheckCredential', example: { depth: 'full' } })
  .optional();

const findingSchema = z
  .object({
    code: z.enum(findingCodes).describe('What was looked at'),
    ok: z.boolean().nullable().describe('Whether it is right; null when that could not be found out'),
    message: z.string().describe('What was found, in words'),
    fix: z.string().nullable().describe('What to do about it; null where there is nothing to do'),
  })
  .meta({ id: 'CredentialFinding' });

const lastCheckSchema = z
  .object({
    ok: z.boolean().describe('Whether sessions can be made with it'),
    diagnosis: z.string().describe('What was found, as a code such as OK, WRONG_KEY or UNKNOWN_APP'),
    message: z.string().describe('What was found, in words'),
    clockSkewSeconds: z
      .number()
      .nullable()
      .describe("How far the server's clock is ahead of Yoti's; null when Yoti didn't tell"),
    depth: depthSchema,
    findings: z.array(findingSchema).describe('Point by point'),
    at: timestampSchema,
  })
  .meta({ id: 'CredentialCheck' });

const suspicionSchema = z
  .object({
    since: timestampSchema.describe('When it stopped working'),
    diagnosis: z.string().describe('Why, as a code such as WRONG_KEY'),
    message: z.string().describe('Why, in words'),
    fix: z.string().nullable().describe('What to do about it'),
    nextProbeAt: timestampSchema
      .nullable()
      .describe('When the server finds out by itself whether it works again'),
  })
  .meta({ id: 'CredentialSuspicion' });

export const credentialSchema = z
  .object({
    id: idSchema,
    name: z.string().describe('Name for people'),
    environment: environmentSchema,
    sdkId: z.string().describe("The Yoti application's client SDK id"),
    apiUrl: z.string().describe("Yoti's API base"),
    keyFingerprint: z.string().describe('SHA-256 of the public key (SPKI, DER), in hex'),
    status: z
      .enum(credentialStatuses)
      .describe(
        'New sessions use the active one of their environment; a retiring one serves the sessions it has made',
      ),
    suspect: suspicionSchema
      .nullable()
      .describe('Set while Yoti refuses it: no session is made or read with it; null while it works'),
    openSessions: z
      .number()
      .int()
      .nullable()
      .describe('How many open sessions keep it from being retired; null unless it is retiring'),
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
      environment: 'live',
      sdkId: '5d4a0b8e-6c0f-4a43-9d55-2f3f6f7d0c11',
      apiUrl: 'https://api.yoti.com/idverify/v1',
      keyFingerprint: '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
      status: 'active',
      suspect: null,
      openSessions: null,
      lastCheck: {
        ok: true,
        diagnosis: 'OK',
        message: 'Yoti accepts the credential.',
        clockSkewSeconds: 0,
        depth: 'full',
        findings: [
          ...findingsOf('OK', 0, { made: true }),
          notificationFinding('live', 'https://verify.retail.example', null, 'answered'),
        ],
        at: '2026-03-04T10:07:00.000Z',
      },
      createdAt: '2026-03-04T10:06:00.000Z',
      activatedAt: '2026-03-04T10:08:00.000Z',
      retiredAt: null,
    },
  });

export const credentialPageSchema = pageOf(credentialSchema).meta({ id: 'CredentialPage' });

export const credentialQuerySchema = z.strictObject({
  ...pageQuery,
  environment: environmentSchema.optional().describe('Only of this environment'),
});
