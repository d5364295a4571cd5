import { Body, Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Idempotent, type IdempotentRequest } from '../http/idempotency.js';
import { Describe, Fails, Returns, ReturnsNothing } from '../http/returns.js';
import { LinkEmails } from './link-emails.service.js';
import { emailLinkSchema, linkEmailSchema, linkSchema } from './link.schemas.js';
import { Links } from './links.service.js';

@ApiTags('Sessions')
@Controller('v1/sessions/:id/link')
export class LinksController {
  constructor(
    private readonly links: Links,
    private readonly emails: LinkEmails,
  ) {}

  @Get()
  @Requires('sessions:read')
  @Describe(
    "Read the session's link",
    'Whether it works, until when, when its page was last opened, and what became of its e-mails.',
  )
  @Returns(linkSchema)
  @Fails('not_found', 'data_unreadable')
  getSessionLink(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.links.get(caller, id);
  }

  @Post()
  @Requires('sessions:write')
  @Describe(
    'Make a new link',
    'The link before stops working at once, and e-mails that still wait with it are not sent. Also brings a revoked ' +
      'link back, as a new one. Only while the session waits for its person.',
  )
  @Returns(linkSchema, 201, 'Created')
  @Fails('not_found', 'link_not_active', 'data_unreadable')
  reissueSessionLink(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.links.reissue(caller, id, idempotent);
  }

  @Delete()
  @Requires('sessions:write')
  @Describe(
    'Revoke the link',
    'Its page says so from now on, and the session no longer shows what its client needs. The session stays open for a ' +
      'new link; a person who is in the middle of it keeps what they have: to end that, cancel the session.',
  )
  @ReturnsNothing()
  @Fails('not_found', 'conflict')
  async revokeSessionLink(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    await this.links.revoke(caller, id);
  }

  @Post('email')
  @Requires('sessions:write')
  @Describe(
    'Send the link by e-mail',
    'Accepted here, sent in the background and tried again when the mail server is away; read the link to see what came ' +
      'of it. The address is forgotten once the e-mail is sent or given up. At most five e-mails a session.',
  )
  @Returns(linkEmailSchema, 202, 'Will be sent')
  @Fails('not_found', 'email_not_configured', 'link_not_active', 'email_limit_reached', 'data_unreadable')
  emailSessionLink(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: emailLinkSchema }) body: z.infer<typeof emailLinkSchema>,
    @Idempotent() idempotent: IdempotentRequest | null,
  ) {
    return this.emails.accept(caller, id, body, idempotent);
  }
}
