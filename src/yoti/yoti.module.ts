import { Module } from '@nestjs/common';
import { YotiClient } from './yoti-client.js';

@Module({ providers: [YotiClient], exports: [YotiClient] })
export class YotiModule {}
