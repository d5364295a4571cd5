import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import { ChangeCredential } from './change-credential.js';
import { CheckCredential } from './check-credential.js';
import { CreateCredential } from './create-credential.js';
import {
  createCredentialSchema,
  credentialPageSchema,
  credentialQuerySchema,
  credentialSchema,
} from './credential.schemas.js';
import { Credentials } from './credentials.service.js';

@ApiTags('Credentials')
@Controller('v1/credentials')
export class CredentialsController {
  constructor(
    private readonly credentials: Credentials,
    private readonly creation: CreateCredential,
    private readonly checking: CheckCredential,
    private readonly changes: ChangeCredential,
  ) {}

  @Get()
  @Requires('credentials:read')
  @Describe('List Yoti credentials', 'Newest first, never with their keys.')
  @Returns(credentialPageSchema)
  listCredentials(
    @CurrentCaller() caller: Caller,
    @Query({ schema: credentialQuerySchema }) query: z.infer<typeof credentialQuerySchema>,
  ) {
    return this.credentials.list(caller, query);
  }

  @Post()
  @Requires('credentials:write')
  @Describe(
    'Add a Yoti credential',
    'The private key is stored encrypted and never returned. Check the credential, then activate it.',
  )
  @Returns(credentialSchema, 201, 'Created')
  @Fails('credential_invalid')
  createCredential(
    @CurrentCaller() caller: Caller,
    @Body({ schema: createCredentialSchema }) body: z.infer<typeof createCredentialSchema>,
    @Idempotent() request: IdempotentRequest | null,
  ) {
    return this.creation.create(caller, body, request);
  }

  @Get(':id')
  @Requires('credentials:read')
  @Describe('Read a Yoti credential')
  @Returns(credentialSchema)
  @Fails('not_found')
  getCredential(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.credentials.get(caller, id);
  }

  @Post(':id/check')
  @Requires('credentials:write')
  @Describe(
    'Check a Yoti credential',
    'Makes a signed call to Yoti and says in lastCheck what is right or wrong: the key, the application, its permission, the clock, the connection.',
  )
  @Returns(credentialSchema)
  @Fails('not_found', 'credential_invalid')
  checkCredential(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.checking.check(caller, id);
  }

  @Post(':id/activate')
  @Requires('credentials:write')
  @Describe(
    'Activate a Yoti credential',
    'New sessions use it from then on; the one before begins to retire. Its last check has to be good.',
  )
  @Returns(credentialSchema)
  @Fails('not_found', 'conflict')
  activateCredential(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.changes.activate(caller, id);
  }

  @Post(':id/retire')
  @Requires('credentials:write')
  @Describe(
    'Retire a Yoti credential',
    'It stays retiring while sessions that it made are open, because only it can read them; retire it again after that.',
  )
  @Returns(credentialSchema)
  @Fails('not_found')
  retireCredential(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.changes.retire(caller, id);
  }
}
