import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
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

const files = new Map<string, Promise<EmbedFile>>();

/** The module that tenants load into their own pages, and its types. The address stays, so it is kept for minutes only. */
@ApiExcludeController()
@Controller('embed')
export class EmbedController {
  @Get(':name')
  @Public()
  async getFile(
    @Param('name') name: string,
    @Headers('if-none-match') known: string | undefined,
    @Res() reply: FastifyReply,
  ) {
    const { type, content, etag } = await fileOf(name);
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

/** @throws ApiError not_found */
function fileOf(name: string): Promise<EmbedFile> {
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (!reader) throw notFound();
  const known = files.get(name);
  if (known) return known;
  const file = reader.read().then((content) => {
    const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
    return { type: reader.type, content, etag: `"${hash}"` };
  });
  files.set(name, file);
  return file;
}
