import { generateKeyPairSync } from 'node:crypto';
import type { Simulator } from '../../src/simulator/simulator.js';
import type { TestApp } from './app.js';
import type { BareTenant } from './bare-tenant.js';
import type { Answer, Any } from './client.js';
import { expectStatus } from './factories.js';
import type { YotiApp } from './simulated-yoti.js';

/** A tenant's credentials over HTTP, as a spec handles them. */
export interface CredentialDesk {
  /** A body that adds a credential of the application. */
  bodyOf(change?: object): object;
  /** Adds one. @returns its id */
  add(change?: object): Promise<string>;
  act(id: string, action: 'check' | 'activate' | 'retire', body?: object): Promise<Answer<Any>>;
  /** Adds, checks and activates one. @returns its id */
  addActive(change?: object): Promise<string>;
  get(id: string): Promise<Any>;
  /** What the trail says of the tenant's credentials, oldest first. */
  auditActions(): Promise<string[]>;
  /** Names of the tenant's events about credentials, oldest first. */
  eventNames(): Promise<string[]>;
}

export function credentialDesk(
  app: Pick<TestApp, 'sql'> & { simulator: Pick<Simulator, 'baseUrl'> },
  tenant: Pick<BareTenant, 'id' | 'key'>,
  yotiApp: Pick<YotiApp, 'sdkId' | 'pem'>,
): CredentialDesk {
  const bodyOf = (change: object = {}) => ({
    name: 'Production',
    sdkId: yotiApp.sdkId,
    apiUrl: app.simulator.baseUrl,
    privateKeyPem: yotiApp.pem,
    ...change,
  });
  const add = async (change: object = {}) =>
    expectStatus(await tenant.key.post('/v1/credentials', bodyOf(change)), 201).id as string;
  const act: CredentialDesk['act'] = (id, action, body) =>
    tenant.key.send('POST', `/v1/credentials/${id}/${action}`, body);
  return {
    bodyOf,
    add,
    act,
    addActive: async (change) => {
      const id = await add(change);
      await act(id, 'check');
      return expectStatus(await act(id, 'activate'), 200).id as string;
    },
    get: async (id) => expectStatus(await tenant.key.get(`/v1/credentials/${id}`), 200),
    auditActions: async () => {
      const rows = await app.sql<{ action: string }>(
        `SELECT action FROM audit_entries WHERE tenant_id = $1 AND object_type = 'credential' ORDER BY id`,
        [tenant.id],
      );
      return rows.map(({ action }) => action);
    },
    eventNames: async () => {
      const rows = await app.sql<{ name: string }>(
        `SELECT name FROM events WHERE tenant_id = $1 AND name LIKE 'credential.%' ORDER BY id`,
        [tenant.id],
      );
      return rows.map(({ name }) => name);
    },
  };
}

/** A key pair of no application's. */
export function generateKey() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    pem: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
