import { createHash, createPublicKey } from 'node:crypto';
import { conflict, notFound } from '../errors.js';
import { nameOf } from '../scenario-choice.js';
import type { SimulatorApp } from '../signature.js';
import type { ControlDependencies } from './dependencies.js';
import { operation, type Operation } from './operation.js';
import { appChangeSchema, appListSchema, appSchema, newAppSchema, type ControlApp } from './schemas.js';

/** SHA-256 of a public key, as `openssl` and the like print it; null when it's no usable key. */
function fingerprint(pem: string): string | null {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex');
  } catch {
    return null;
  }
}

function describe(app: SimulatorApp, { store }: ControlDependencies): ControlApp {
  const scenario = store.appScenarios.get(app.sdkId);
  return {
    sdkId: app.sdkId,
    enabled: app.enabled ?? true,
    keyFingerprint: fingerprint(app.publicKeyPem),
    scenario: scenario === undefined ? null : nameOf(scenario),
    sessions: [...store.sessions.values()].filter(({ sdkId }) => sdkId === app.sdkId).length,
  };
}

function known({ store }: ControlDependencies, sdkId: string): SimulatorApp {
  const app = store.apps.get(sdkId);
  if (!app) throw notFound('APP_NOT_FOUND', 'The application');
  return app;
}

/** Applications: who may call, with which key. */
export const appOperations = (deps: ControlDependencies): Operation[] => [
  operation({
    method: 'GET',
    path: '/apps',
    id: 'listApps',
    tag: 'Apps',
    summary: 'List the applications',
    answer: appListSchema,
    run: () => ({ items: [...deps.store.apps.values()].map((app) => describe(app, deps)) }),
  }),
  operation({
    method: 'POST',
    path: '/apps',
    id: 'registerApp',
    tag: 'Apps',
    summary: 'Register an application',
    body: newAppSchema,
    answer: appSchema,
    status: 201,
    fails: { 409: ['APP_EXISTS'] },
    run: ({ body: { enabled, ...app } }) => {
      if (deps.store.apps.has(app.sdkId)) throw conflict('APP_EXISTS', 'The SDK id is taken');
      const registered = { ...app, ...(enabled !== undefined && { enabled }) };
      deps.store.saveApp(registered);
      return describe(registered, deps);
    },
  }),
  operation({
    method: 'PATCH',
    path: '/apps/{sdkId}',
    id: 'changeApp',
    tag: 'Apps',
    summary: 'Enable or disable an application',
    body: appChangeSchema,
    answer: appSchema,
    fails: { 404: ['APP_NOT_FOUND'] },
    run: ({ param, body: { enabled } }) => {
      const changed = { ...known(deps, param('sdkId')), enabled };
      deps.store.saveApp(changed);
      return describe(changed, deps);
    },
  }),
  operation({
    method: 'DELETE',
    path: '/apps/{sdkId}',
    id: 'removeApp',
    tag: 'Apps',
    summary: 'Remove an application; its sessions stay, out of reach',
    fails: { 404: ['APP_NOT_FOUND'] },
    run: ({ param }) => {
      deps.store.removeApp(known(deps, param('sdkId')).sdkId);
    },
  }),
];
