import { writeFileSync } from 'node:fs';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../src/app.module.js';
import { createAdapter } from '../src/app.js';
import { loadConfig } from '../src/config.js';
import { openApi } from '../src/http/openapi.js';

// Preview mode makes no provider and opens no connection; the settings only have to be well-formed.
const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  ENCRYPTION_KEYS: `preview:${Buffer.from('0123456789abcdefghijklmnopqrstuv').toString('base64')}`,
  PUBLIC_URL: 'http://localhost:3000',
});
const adapter = createAdapter({ trustProxy: false, logLevel: 'silent' });
const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config), adapter, {
  preview: true,
  abortOnError: false,
  logger: false,
});
const target = process.argv[2] ?? 'openapi.json';
writeFileSync(target, `${JSON.stringify(openApi(app), null, 2)}\n`);
console.log(`wrote ${target}`);
