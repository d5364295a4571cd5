import { Body, Controller, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { HeedsIfMatch, IfMatch, Versioned } from '../http/etag.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import { PoliciesService } from './policies.service.js';
import {
  createPolicySchema,
  policyPageSchema,
  policyPreviewSchema,
  policyQuerySchema,
  policySchema,
  policyVersionPageSchema,
  policyVersionSchema,
  publishedVersionSchema,
  updatePolicySchema,
  versionNumberSchema,
} from './policy.schemas.js';
import { PublishPolicy } from './publish-policy.js';

@ApiTags('Policies')
@Controller('v1/policies')
export class PoliciesController {
  constructor(
    private readonly policies: PoliciesService,
    private readonly publication: PublishPolicy,
  ) {}

  @Get()
  @Requires('policies:read')
  @Describe('List policies', 'Newest first, without their drafts.')
  @Returns(policyPageSchema)
  listPolicies(
    @CurrentCaller() caller: Caller,
    @Query({ schema: policyQuerySchema }) query: z.infer<typeof policyQuerySchema>,
  ) {
    return this.policies.list(caller, query);
  }

  @Post()
  @Requires('policies:write')
  @Describe('Create a policy', 'With a draft that can be edited until it is published.')
  @Returns(policySchema, 201, 'Created')
  @Versioned()
  @Fails('already_exists')
  createPolicy(
    @CurrentCaller() caller: Caller,
    @Body({ schema: createPolicySchema }) body: z.infer<typeof createPolicySchema>,
    @Idempotent() request: IdempotentRequest | null,
  ) {
    return this.policies.create(caller, body, request);
  }

  @Get(':id')
  @Requires('policies:read')
  @Describe('Read a policy and its draft')
  @Returns(policySchema)
  @Versioned()
  @Fails('not_found')
  getPolicy(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.policies.get(caller, id);
  }

  @Patch(':id')
  @Requires('policies:write')
  @Describe(
    'Change a policy or its draft',
    'Published versions and the sessions that use them stay as they are. The draft is saved even when it could not be published.',
  )
  @Returns(policySchema)
  @HeedsIfMatch()
  @Versioned()
  @Fails('not_found', 'version_mismatch')
  updatePolicy(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: updatePolicySchema }) change: z.infer<typeof updatePolicySchema>,
    @IfMatch() ifMatch: number | null,
  ) {
    return this.policies.update(caller, id, change, ifMatch);
  }

  @Get(':id/versions')
  @Requires('policies:read')
  @Describe('List the published versions of a policy', 'Newest first, without their documents.')
  @Returns(policyVersionPageSchema)
  @Fails('not_found')
  listPolicyVersions(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Query({ schema: policyQuerySchema }) query: z.infer<typeof policyQuerySchema>,
  ) {
    return this.policies.listVersions(caller, id, query);
  }

  @Get(':id/versions/:n')
  @Requires('policies:read')
  @Describe('Read a published version')
  @Returns(policyVersionSchema)
  @Fails('not_found')
  getPolicyVersion(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Param('n', { schema: versionNumberSchema }) version: number,
  ) {
    return this.policies.getVersion(caller, id, version);
  }

  @Post(':id/versions/:n/publish')
  @Requires('policies:write')
  @Describe(
    'Publish the draft',
    'As version n, which has to be the next one. New sessions use it from then on; it never changes again. Refused with every place that Yoti would refuse.',
  )
  @HeedsIfMatch()
  @Returns(publishedVersionSchema, 201, 'Published')
  @Fails('not_found', 'conflict', 'version_mismatch', 'policy_invalid')
  publishPolicyVersion(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Param('n', { schema: versionNumberSchema }) version: number,
    @IfMatch() ifMatch: number | null,
    @Idempotent() request: IdempotentRequest | null,
  ) {
    return this.publication.publish(caller, id, version, { ifMatch, request });
  }

  @Post(':id/preview')
  @Requires('policies:read')
  @Describe(
    'Preview the draft as Yoti would see it',
    "Yoti's create-session body with placeholders for what differs by session, and everything that is wrong with the draft. Changes nothing.",
  )
  @Returns(policyPreviewSchema)
  @Fails('not_found')
  previewPolicy(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.publication.preview(caller, id);
  }
}
