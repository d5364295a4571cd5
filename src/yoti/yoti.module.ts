import { Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { YOTI_TRANSPORT_OPTIONS, YotiClient } from './yoti-client.js';

@Module({
  providers: [
    YotiClient,
    {
      provide: YOTI_TRANSPORT_OPTIONS,
      inject: [CONFIG],
      useFactory: ({ yotiBounds }: Config) => yotiBounds,
    },
  ],
  exports: [YotiClient],
})
export class YotiModule {}
