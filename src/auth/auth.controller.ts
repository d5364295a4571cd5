import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Describe, Fails, Returns, ReturnsNothing } from '../http/returns.js';
import { Authenticated, Public } from './access.js';
import { changePasswordSchema, loginSchema, meSchema } from './auth.schemas.js';
import { AuthService } from './auth.service.js';

@ApiTags('Log-in')
@Controller('v1/auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @Public()
  @Describe(
    'Log in to the console',
    'Sets the session cookie. After five wrong passwords an account waits a minute, then longer.',
  )
  @Returns(meSchema)
  @Fails('login_failed', 'cross_site_request')
  logIn(
    @Body({ schema: loginSchema }) body: z.infer<typeof loginSchema>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.auth.logIn(body, request, reply);
  }

  @Post('logout')
  @Public()
  @Describe('Log out of the console')
  @ReturnsNothing()
  async logOut(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    await this.auth.logOut(request, reply);
  }

  @Post('password')
  @Authenticated()
  @Describe(
    'Change your password',
    'Ends every other log-in of yours. For people: an API key has no password.',
  )
  @ReturnsNothing()
  @Fails('login_failed')
  async changePassword(
    @Body({ schema: changePasswordSchema }) body: z.infer<typeof changePasswordSchema>,
    @Req() request: FastifyRequest,
  ) {
    await this.auth.changePassword(body, request);
  }

  @Get('me')
  @Authenticated()
  @Describe('Who is logged in', 'The person, the tenants they act in and what they may do there.')
  @Returns(meSchema)
  getMe(@Req() request: FastifyRequest) {
    return this.auth.me(request);
  }
}
