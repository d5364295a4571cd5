import { Module } from '@nestjs/common';
import { People } from './people.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({ controllers: [UsersController], providers: [UsersService, People], exports: [People] })
export class UsersModule {}
