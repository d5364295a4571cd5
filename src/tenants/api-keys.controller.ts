import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import {
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
} from './api-key.schemas.js';
import { ApiKeysService } from './api-keys.service.js';

@ApiTags('API keys')
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  @Get()
  @Requires('api-keys:read')
  @Describe('List API keys', 'Newest first, without the keys themselves.')
  @Returns(apiKeyPageSchema)
  listApiKeys(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>,
  ) {
    return this.keys.list(caller, query);
  }

  @Post()
  @Requires('api-keys:write')
  @Describe(
    'Create an API key',
    'The key is in this answer and nowhere else. It can have only scopes that its creator has.',
  )
  @Returns(createdApiKeySchema, 201, 'Created')
  createApiKey(
    @CurrentCaller() caller: Caller,
    @Body({ schema: createApiKeySchema }) body: z.infer<typeof createApiKeySchema>,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.keys.create(caller, body, idempotent);
  }

  @Post(':id/revoke')
  @Requires('api-keys:write')
  @Describe('Revoke an API key', 'Takes effect with the next request.')
  @Returns(apiKeySchema)
  @Fails('not_found')
  revokeApiKey(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.keys.revoke(caller, id, idempotent);
  }
}
