import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** Everything somebody needs to try the demo, as `.data/demo.json` holds it. */
export const demoFileSchema = z.object({
  apiUrl: z.string(),
  consoleUrl: z.string(),
  docsUrl: z.string(),
  /** Base for the SDK's `apiUrl`. */
  simulatorUrl: z.string(),
  /** Page that shows the webhooks the demo's tenants received. */
  webhookSinkUrl: z.string(),
  tenants: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      name: z.string(),
      apiKey: z.string(),
      yotiSdkId: z.string(),
      yotiPrivateKeyPem: z.string(),
      policies: z.array(z.object({ id: z.string(), slug: z.string() })),
      webhookSecret: z.string(),
    }),
  ),
  users: z.array(
    z.object({ email: z.string(), password: z.string(), role: z.string(), tenant: z.string().nullable() }),
  ),
});

export type DemoFile = z.infer<typeof demoFileSchema>;
export type DemoTenant = DemoFile['tenants'][number];

/** Reads a JSON file of the data directory; null when it isn't there or isn't whole. */
export function readJsonFile<T>(path: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(path)) return null;
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Writes a JSON file readable by its owner alone; whole or not at all. */
export function writeJsonFile(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
