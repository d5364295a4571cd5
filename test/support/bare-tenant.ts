import { randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { tenantScopes, type TenantScope } from '../../src/auth/scopes.js';
import { hashToken, randomToken } from '../../src/crypto/tokens.js';
import type { TestApp } from './app.js';
import type { Client } from './client.js';
import { bearer } from './factories.js';

/** A tenant without people: for files whose every test wants its own, which is more than may log in a minute. */
export interface BareTenant {
  id: string;
  /** An API key with every scope. */
  key: Client;
  /** Another key, with these scopes. */
  keyWith(scopes: readonly TenantScope[]): Promise<Client>;
}

export async function createBareTenant(app: TestApp): Promise<BareTenant> {
  const id = uuidv7();
  const slug = `bare-${randomUUID()}`;
  await app.sql('INSERT INTO tenants (id, slug, name) VALUES ($1, $2, $2)', [id, slug]);
  const keyWith = async (scopes: readonly TenantScope[]) => {
    const key = `csk_${randomToken(32)}`;
    await app.sql(
      `INSERT INTO api_keys (tenant_id, id, name, prefix, key_hash, scopes, created_by)
       VALUES ($1, $2, 'Test key', 'csk_', $3, $4, 'test')`,
      [id, uuidv7(), hashToken(key), scopes],
    );
    return app.anonymous.with(bearer(key));
  };
  return { id, key: await keyWith(tenantScopes), keyWith };
}
