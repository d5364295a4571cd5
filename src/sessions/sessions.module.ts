import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { YotiModule } from '../yoti/yoti.module.js';
import { CreateSession } from './create-session.js';
import { DecideSession } from './decide-session.js';
import { HostedSessions } from './hosted-sessions.js';
import { ResultReader } from './result-reader.js';
import { SessionChanges } from './session-changes.js';
import { SessionDeps } from './session-deps.js';
import { SessionDevices } from './session-devices.js';
import { SessionWorker } from './session-worker.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsService } from './sessions.service.js';
import { SyncByHand } from './sync-by-hand.js';
import { SyncSession } from './sync-session.js';
import { YotiReader } from './yoti-reader.js';

@Module({
  imports: [CredentialsModule, YotiModule],
  controllers: [SessionsController],
  providers: [
    SessionDeps,
    SessionChanges,
    SessionsService,
    CreateSession,
    YotiReader,
    SyncSession,
    SyncByHand,
    DecideSession,
    SessionWorker,
    HostedSessions,
    ResultReader,
    SessionDevices,
  ],
  exports: [HostedSessions, DecideSession, ResultReader, SessionDeps],
})
export class SessionsModule {}
