import { z } from 'zod';
import { listOf, openText, part, text } from './map-result-parts.js';
import { badResponse } from './read-answer.js';
import { other, timeSchema } from './result-parts.js';

const told = (description: string) => z.string().nullable().describe(description);

const deviceSchema = z
  .object({
    ipAddress: told('Internet address; empty when the application does not track addresses.'),
    ipIsoCountryCode: told('Country of the address, ISO 3166-1 alpha-3.'),
    manufactureName: told('Maker of the device.'),
    modelName: told('Model of the device.'),
    osName: told('Operating system.'),
    osVersion: told('Version of the operating system.'),
    browserName: told('Browser; null in native apps.'),
    browserVersion: told('Version of the browser.'),
    locale: told('Language of the device.'),
    clientVersion: told("Version of Yoti's client."),
    other,
  })
  .meta({ id: 'Device' });

/** One moment at which Yoti saw the person's device. */
export const trackedDeviceSchema = z
  .object({
    event: z
      .string()
      .describe(
        'CONFIG_FIRST_LOADED (the person arrived), RESOURCE_CREATED (something was captured) or CLIENT_SESSION_TOKEN_DELETED (the person was through).',
      ),
    resourceId: told('The resource that was created.'),
    createdAt: timeSchema.describe('When, as Yoti wrote it.'),
    device: deviceSchema.nullable(),
    other,
  })
  .meta({ id: 'TrackedDevice' });

export type TrackedDevice = z.infer<typeof trackedDeviceSchema>;

const device = part(
  {
    ip_address: text,
    ip_iso_country_code: text,
    manufacture_name: text,
    model_name: text,
    os_name: text,
    os_version: text,
    browser_name: text,
    browser_version: text,
    locale: text,
    client_version: text,
  },
  (wire) => ({
    ipAddress: wire.ip_address,
    ipIsoCountryCode: wire.ip_iso_country_code,
    manufactureName: wire.manufacture_name,
    modelName: wire.model_name,
    osName: wire.os_name,
    osVersion: wire.os_version,
    browserName: wire.browser_name,
    browserVersion: wire.browser_version,
    locale: wire.locale,
    clientVersion: wire.client_version,
  }),
);

const wireSchema = listOf(
  part({ event: openText, resource_id: text, created: text, device: device.nullish() }, (wire) => ({
    event: wire.event,
    resourceId: wire.resource_id,
    createdAt: wire.created,
    device: wire.device ?? null,
  })),
);

/** Yoti: tracked devices, a top-level array. Unknown fields are kept. Throws `YOTI_BAD_RESPONSE` for another form. */
export function mapTrackedDevices(wire: unknown): TrackedDevice[] {
  const parsed = wireSchema.safeParse(wire);
  if (!parsed.success) throw badResponse('no list of tracked devices');
  return parsed.data;
}
