import { Module } from '@nestjs/common';
import { YotiModule } from '../yoti/yoti.module.js';
import { ChangeCredential } from './change-credential.js';
import { CheckCredential } from './check-credential.js';
import { CreateCredential } from './create-credential.js';
import { CredentialWorker } from './credential-worker.js';
import { CredentialChanges } from './credential.changes.js';
import { CredentialsController } from './credentials.controller.js';
import { Credentials } from './credentials.service.js';
import { ExamineCredential } from './examine-credential.js';
import { NotificationAddress } from './notification-address.js';

@Module({
  imports: [YotiModule],
  controllers: [CredentialsController],
  providers: [
    Credentials,
    CreateCredential,
    CheckCredential,
    ChangeCredential,
    CredentialChanges,
    ExamineCredential,
    NotificationAddress,
    CredentialWorker,
  ],
  exports: [Credentials],
})
export class CredentialsModule {}
