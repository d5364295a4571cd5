import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../auth/access.js';
import { Describe, Returns } from '../http/returns.js';
import { CredentialHealth } from './credential-health.js';
import { platformHealthSchema } from './health.schemas.js';
import { HealthService } from './health.service.js';

@ApiTags('Health')
@Controller('v1/health')
export class PlatformHealthController {
  constructor(
    private readonly health: HealthService,
    private readonly credentials: CredentialHealth,
  ) {}

  @Get()
  @Requires('tenants:read')
  @Describe(
    'Read the health of the platform',
    "Whether the server can serve, and which tenants have credentials that Yoti refuses. A tenant's credential never makes the server unready.",
  )
  @Returns(platformHealthSchema)
  async getPlatformHealth() {
    const [report, suspectCredentials] = await Promise.all([this.health.report(), this.credentials.list()]);
    return { ...report, suspectCredentials };
  }
}
