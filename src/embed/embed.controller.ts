import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Controller, Get, Headers, Param, Res, type OnModuleInit } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/access.js';
import { notFound } from '../http/api-error.js';
import { browserScript } from '../http/browser-script.js';

interface EmbedFile {
  type: string;
  content: string;
  etag: string;
}

const readers: Record<string, { type: string; read: () => Promise<string> }> = {
  'countersign.js': {
    type: 'text/javascript; charset=utf-8',
    read: () => browserScript(new URL('./countersign', import.meta.url)),
  },
  'countersign.d.ts': {
    type: 'text/plain; charset=utf-8',
    read: () => readFile(new URL('./countersign.d.ts', import.meta.url), 'utf8'),
  },
};

/** The module that tenants load into their own pages, and its types. The address stays, so it is kept for minutes only. */
@ApiExcludeController()
@Controller('embed')
export class EmbedController implements OnModuleInit {
  private readonly files = new Map<string, EmbedFile>();

  /** Reads the files, so that a server that lacks one doesn't start. */
  async onModuleInit(): Promise<void> {
    for (const [name, { type, read }] of Object.entries(readers)) {
      const content = await read();
      const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
      this.files.set(name, { type, content, etag: `"${hash}"` });
    }
  }

  @Get(':name')
  @Public()
  async getFile(
    @Param('name') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    const file = this.files.get(name);
    if (!file) throw notFound();
    const { type, content, etag } = file;
    void reply.headers({
      'content-type': type,
      'cache-control': 'public, max-age=300',
      etag,
      // Any page may load it: it holds nothing, and does nothing that the page could not do by itself.
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (known?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)) {
      await reply.status(304).send();
    } else await reply.send(content);
  }
}
