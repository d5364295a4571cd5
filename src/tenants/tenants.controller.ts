import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentActor, type Actor } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { HeedsIfMatch, IfMatch, Versioned } from '../http/etag.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import {
  createdTenantSchema,
  createTenantSchema,
  tenantPageSchema,
  tenantSchema,
  updateTenantSchema,
} from './tenant.schemas.js';
import { TenantsService } from './tenants.service.js';

@ApiTags('Tenants')
@Controller('v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  @Get()
  @Requires('tenants:read')
  @Describe('List tenants', 'Oldest first.')
  @Returns(tenantPageSchema)
  listTenants(@Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>) {
    return this.tenants.list(query);
  }

  @Post()
  @Requires('tenants:write')
  @Describe('Create a tenant', 'With its first admin, who gets a password that is shown once.')
  @Returns(createdTenantSchema, 201, 'Created')
  @Fails('already_exists')
  createTenant(
    @CurrentActor() actor: Actor,
    @Body({ schema: createTenantSchema }) body: z.infer<typeof createTenantSchema>,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.tenants.create(actor, body, idempotent);
  }

  @Get(':id')
  @Requires('tenants:read')
  @Describe('Read a tenant')
  @Versioned()
  @Returns(tenantSchema)
  @Fails('not_found')
  getTenant(@Param('id', { schema: idSchema }) id: string) {
    return this.tenants.get(id);
  }

  @Patch(':id')
  @Requires('tenants:write')
  @Describe('Change a tenant', 'Also suspends and resumes it.')
  @HeedsIfMatch()
  @Versioned()
  @Returns(tenantSchema)
  @Fails('not_found', 'version_mismatch')
  updateTenant(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updateTenantSchema }) body: z.infer<typeof updateTenantSchema>,
    @IfMatch() version: number | null,
  ) {
    return this.tenants.update(actor, id, body, version);
  }
}
