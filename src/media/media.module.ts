import { Module } from '@nestjs/common';
import { CredentialsModule } from '../credentials/credentials.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { YotiModule } from '../yoti/yoti.module.js';
import { MediaController } from './media.controller.js';
import { MediaService } from './media.service.js';

@Module({
  imports: [SessionsModule, CredentialsModule, YotiModule],
  controllers: [MediaController],
  providers: [MediaService],
})
export class MediaModule {}
