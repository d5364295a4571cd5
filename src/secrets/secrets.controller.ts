import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns, ReturnsNothing } from '../http/returns.js';
import { secretPageSchema, secretNameSchema, secretSchema, setSecretSchema } from './secret.schemas.js';
import { Secrets } from './secrets.service.js';

@ApiTags('Secrets')
@Controller('v1/secrets')
export class SecretsController {
  constructor(private readonly secrets: Secrets) {}

  @Get()
  @Requires('secrets:read')
  @Describe('List secrets', 'Newest first, never with their values.')
  @Returns(secretPageSchema)
  listSecrets(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>,
  ) {
    return this.secrets.list(caller, query);
  }

  @Put(':name')
  @Requires('secrets:write')
  @Describe(
    'Set a secret',
    'Creates it or replaces its value, which new sessions use from then on. The value is stored encrypted and never returned. A policy names a secret where Yoti wants a key, such as that of your own watchlist account.',
  )
  @Returns(secretSchema)
  @Fails('conflict')
  setSecret(
    @CurrentCaller() caller: Caller,
    @Param('name', { schema: secretNameSchema }) name: string,
    @Body({ schema: setSecretSchema }) { value }: z.infer<typeof setSecretSchema>,
  ) {
    return this.secrets.set(caller, name, value);
  }

  @Delete(':name')
  @Requires('secrets:write')
  @Describe('Delete a secret', 'Refused while the published version of a policy names it.')
  @ReturnsNothing()
  @Fails('not_found', 'conflict')
  async deleteSecret(
    @CurrentCaller() caller: Caller,
    @Param('name', { schema: secretNameSchema }) name: string,
  ) {
    await this.secrets.delete(caller, name);
  }
}
