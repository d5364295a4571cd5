import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/access.js';
import { privateHeaders } from './page-headers.js';
import { clientEventSchema, pageQuerySchema, type ClientEvent, type PageQuery } from './verify.schemas.js';
import { VerifyService } from './verify.service.js';

/** The hosted page. The link is the person's only credential; it opens their own session and nothing else. */
@ApiExcludeController()
@Controller('verify')
export class VerifyController {
  constructor(private readonly verify: VerifyService) {}

  @Get('assets/:name')
  @Public()
  async getAsset(@Param('name') name: string, @Res() reply: FastifyReply) {
    const { type, content } = await this.verify.asset(name);
    await reply
      .headers({ 'content-type': type, 'cache-control': 'public, max-age=31536000, immutable' })
      .send(content);
  }

  @Get(':link')
  @Public()
  async getPage(
    @Param('link') link: string,
    @Query({ schema: pageQuerySchema }) query: PageQuery,
    @Headers('accept-language') acceptLanguage: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    const { status, headers, markup } = await this.verify.page(link, { query, acceptLanguage });
    for (const [name, value] of Object.entries(headers)) {
      if (value === null) reply.removeHeader(name);
      else void reply.header(name, value);
    }
    await reply.status(status).send(markup);
  }

  @Get(':link/state')
  @Public()
  getState(@Param('link') link: string, @Res({ passthrough: true }) reply: FastifyReply) {
    void reply.headers(privateHeaders);
    return this.verify.state(link);
  }

  @Post(':link/client')
  @Public()
  @HttpCode(200)
  getClient(
    @Param('link') link: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    void reply.headers(privateHeaders);
    return this.verify.client(link, request);
  }

  @Post(':link/events')
  @Public()
  @HttpCode(204)
  async recordEvent(
    @Param('link') link: string,
    @Body({ schema: clientEventSchema }) event: ClientEvent,
    @Req() request: FastifyRequest,
  ) {
    await this.verify.record(link, event, request);
  }
}
