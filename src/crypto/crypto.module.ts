import { Global, Module } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { KeyRing } from './key-ring.js';

@Global()
@Module({
  providers: [
    {
      provide: KeyRing,
      inject: [CONFIG],
      useFactory: (config: Config) => new KeyRing(config.encryptionKeys),
    },
  ],
  exports: [KeyRing],
})
export class CryptoModule {}
