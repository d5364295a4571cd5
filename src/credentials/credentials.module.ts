import { Module } from '@nestjs/common';
import { YotiModule } from '../yoti/yoti.module.js';
import { ChangeCredential } from './change-credential.js';
import { CheckCredential } from './check-credential.js';
import { CreateCredential } from './create-credential.js';
import { CredentialsController } from './credentials.controller.js';
import { Credentials } from './credentials.service.js';

@Module({
  imports: [YotiModule],
  controllers: [CredentialsController],
  providers: [Credentials, CreateCredential, CheckCredential, ChangeCredential],
  exports: [Credentials],
})
export class CredentialsModule {}
