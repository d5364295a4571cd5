import { Module } from '@nestjs/common';
import { SessionsModule } from '../sessions/sessions.module.js';
import { EmailLog } from './email-log.js';
import { EmailSender } from './email-sender.js';
import { LinkEmails } from './link-emails.service.js';
import { LinksController } from './links.controller.js';
import { Links } from './links.service.js';

@Module({
  imports: [SessionsModule],
  controllers: [LinksController],
  providers: [Links, LinkEmails, EmailLog, EmailSender],
})
export class LinksModule {}
