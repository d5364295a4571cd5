import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { startSimulator } from './simulator.js';

/**
 * The simulator as a process of its own. Environment: `SIMULATOR_PORT` (3001), `SIMULATOR_HOST` (127.0.0.1),
 * `SIMULATOR_BASE_PATH` (`/idverify/v1`), `SIMULATOR_APPS` (file with a JSON list of `{ sdkId, publicKeyPem }`; more
 * through `POST /control/apps`), `SIMULATOR_STATE` (file that keeps sessions over a restart), `SIMULATOR_GZIP`
 * (`true` compresses answers), `SIMULATOR_ERROR_MESSAGES` (`false` leaves `message` out of errors),
 * `SIMULATOR_CONTROL_HOSTS` (host names, comma-separated, by which `/control` may be addressed besides loopback ones).
 */
const environment = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(3001),
  SIMULATOR_HOST: z.string().default('127.0.0.1'),
  SIMULATOR_BASE_PATH: z
    .string()
    .regex(/^(\/[\w-]+)+$/, 'must be a path such as /sandbox/idverify/v1')
    .optional(),
  SIMULATOR_GZIP: z.stringbool().default(false),
  SIMULATOR_ERROR_MESSAGES: z.stringbool().default(true),
  SIMULATOR_APPS: z.string().optional(),
  SIMULATOR_STATE: z.string().optional(),
  SIMULATOR_CONTROL_HOSTS: z.string().default(''),
});
const apps = z.array(z.object({ sdkId: z.string(), publicKeyPem: z.string() }));

const env = environment.parse(process.env);
const simulator = await startSimulator({
  port: env.SIMULATOR_PORT,
  host: env.SIMULATOR_HOST,
  gzip: env.SIMULATOR_GZIP,
  controlHosts: env.SIMULATOR_CONTROL_HOSTS.split(/[\s,]+/).filter(Boolean),
  errorMessages: env.SIMULATOR_ERROR_MESSAGES,
  ...(env.SIMULATOR_BASE_PATH !== undefined && { basePath: env.SIMULATOR_BASE_PATH }),
  ...(env.SIMULATOR_APPS && { apps: apps.parse(JSON.parse(readFileSync(env.SIMULATOR_APPS, 'utf8'))) }),
  ...(env.SIMULATOR_STATE && { stateFile: env.SIMULATOR_STATE }),
});
process.stdout.write(`Simulator at ${simulator.baseUrl}\nControl page at ${simulator.origin}/control\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void simulator.close().then(() => process.exit(0)));
}
