import { Controller, Get, Param, Res, StreamableFile } from '@nestjs/common';
import { ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../auth/access.js';
import { CurrentCaller, type Caller } from '../http/caller.js';
import { idSchema } from '../http/common.schemas.js';
import { Describe, Fails, Returns } from '../http/returns.js';
import { mediaListSchema } from '../sessions/session.schemas.js';
import { documentFieldsExample } from '../yoti/result.example.js';
import { MediaService, type MediaStream } from './media.service.js';

const bytes = { schema: { type: 'string', format: 'binary' } };

/** What media can be: files, and JSON for what was read from a document. */
const MEDIA_CONTENT = {
  'image/jpeg': bytes,
  'image/png': bytes,
  'application/json': {
    schema: { type: 'object', description: 'As Yoti wrote it', example: documentFieldsExample },
  },
  'application/pdf': bytes,
  'application/octet-stream': bytes,
};

@ApiTags('Sessions')
@Controller('v1/sessions/:id/media')
export class MediaController {
  constructor(private readonly media: MediaService) {}

  @Get()
  @Requires('media:read')
  @Describe('List the media of a session', 'Images and data that the person supplied or Yoti made.')
  @Returns(mediaListSchema)
  @Fails('not_found', 'result_not_available', 'session_erased', 'data_unreadable')
  listSessionMedia(@CurrentCaller() caller: Caller, @Param('id', { schema: idSchema }) id: string) {
    return this.media.list(caller, id);
  }

  @Get(':mediaId')
  @Requires('media:read')
  @Describe(
    'Read one of the media',
    'Streamed from Yoti. The look is recorded in the audit trail before the first byte.',
  )
  @ApiResponse({ status: 200, description: 'The bytes', content: MEDIA_CONTENT })
  @ApiResponse({ status: 204, description: 'Yoti may not return this content by law' })
  @Fails(
    'not_found',
    'result_not_available',
    'session_erased',
    'data_unreadable',
    'credential_invalid',
    'credential_suspect',
    'yoti_refused',
    'yoti_bad_response',
    'yoti_unavailable',
  )
  async getSessionMedia(
    @CurrentCaller() caller: Caller,
    @Param('id', { schema: idSchema }) id: string,
    @Param('mediaId', { schema: idSchema }) mediaId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return send(reply, await this.media.stream(caller, id, mediaId));
  }
}

/** Media come from outside: a browser may show them, and do nothing else with them. */
function send(reply: FastifyReply, media: MediaStream | null): StreamableFile | undefined {
  if (!media) {
    void reply.status(204);
    return undefined;
  }
  void reply.headers({
    'cache-control': 'no-store',
    'content-disposition': 'inline',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
  });
  return new StreamableFile(media.body, { type: media.contentType });
}
