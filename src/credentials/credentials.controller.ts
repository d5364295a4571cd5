import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
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
  checkCredentialSchema,
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
    'Makes signed calls to Yoti and says in lastCheck, point by point, what is right or wrong and what to do: the key, the application, its permission, the clock, making sessions, the way back for notifications. In use and found bad, the credential becomes suspect; suspect and found good, it is used again at once.',
  )
  @ApiBody({ required: false })
  @Returns(credentialSchema)
  @Fails('not_found')
  checkCredential(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: checkCredentialSchema }) body: z.infer<typeof checkCredentialSchema>,
  ) {
    return this.checking.check(caller, id, body?.depth);
  }

  @Post(':id/activate')
  @Requires('credentials:write')
  @Describe(
    'Activate a Yoti credential',
    'New sessions of its environment use it from then on; the one before begins to retire. Its last check has to be good.',
  )
  @Returns(credentialSchema)
  @Fails('not_found', 'conflict')
  activateCredential(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() request: IdempotentRequest | null,
  ) {
    return this.changes.activate(caller, id, request);
  }

  @Post(':id/retire')
  @Requires('credentials:write')
  @Describe(
    'Retire a Yoti credential',
    'It stays retiring while sessions that it made are open, because only it can read them, and is retired by itself when the last of them has closed.',
  )
  @Returns(credentialSchema)
  @Fails('not_found')
  retireCredential(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() request: IdempotentRequest | null,
  ) {
    return this.changes.retire(caller, id, request);
  }
}
