import { Module, type DynamicModule } from '@nestjs/common';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CONFIG, type Config } from './config.js';
import { CredentialsModule } from './credentials/credentials.module.js';
import { CryptoModule } from './crypto/crypto.module.js';
import { DatabaseModule } from './database/database.module.js';
import { EmbedModule } from './embed/embed.module.js';
import { HealthModule } from './health/health.module.js';
import { LinksModule } from './links/links.module.js';
import { MediaModule } from './media/media.module.js';
import { NotificationsModule } from './notifications/notifications.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { ReviewsModule } from './reviews/reviews.module.js';
import { SecretsModule } from './secrets/secrets.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { TenantsModule } from './tenants/tenants.module.js';
import { UsersModule } from './users/users.module.js';
import { VerifyModule } from './verify/verify.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        {
          module: ConfigModule,
          global: true,
          providers: [{ provide: CONFIG, useValue: config }],
          exports: [CONFIG],
        },
        CryptoModule,
        DatabaseModule,
        AuthModule,
        AuditModule,
        TenantsModule,
        UsersModule,
        CredentialsModule,
        SecretsModule,
        PoliciesModule,
        SessionsModule,
        LinksModule,
        MediaModule,
        NotificationsModule,
        ReviewsModule,
        WebhooksModule,
        VerifyModule,
        EmbedModule,
        HealthModule,
      ],
    };
  }
}

@Module({})
class ConfigModule {}
