import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { pageQuerySchema } from '../http/pagination.js';
import { Describe, Fails, Returns, ReturnsNothing } from '../http/returns.js';
import {
  addedUserSchema,
  addUserSchema,
  changeUserSchema,
  userPageSchema,
  userSchema,
} from './user.schemas.js';
import { UsersService } from './users.service.js';

@ApiTags('People')
@Controller('v1/users')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get()
  @Requires('users:read')
  @Describe('List the people of the tenant')
  @Returns(userPageSchema)
  listUsers(
    @CurrentCaller() caller: Caller,
    @Query({ schema: pageQuerySchema }) query: z.infer<typeof pageQuerySchema>,
  ) {
    return this.users.list(caller, query);
  }

  @Post()
  @Requires('users:write')
  @Describe(
    'Add a person',
    'A new account gets a password that is shown once; an existing one is only added.',
  )
  @Returns(addedUserSchema, 201, 'Added')
  @Fails('already_exists')
  addUser(
    @CurrentCaller() caller: Caller,
    @Body({ schema: addUserSchema }) body: z.infer<typeof addUserSchema>,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.users.add(caller, body, idempotent);
  }

  @Patch(':id')
  @Requires('users:write')
  @Describe('Change the role of a person', 'Takes effect with their next request.')
  @Returns(userSchema)
  @Fails('not_found', 'conflict')
  changeUser(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: changeUserSchema }) body: z.infer<typeof changeUserSchema>,
  ) {
    return this.users.changeRole(caller, id, body.role);
  }

  @Delete(':id')
  @Requires('users:write')
  @Describe('Remove a person from the tenant', 'Their account stays; takes effect with their next request.')
  @ReturnsNothing()
  @Fails('not_found', 'conflict')
  removeUser(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string): Promise<void> {
    return this.users.remove(caller, id);
  }
}
