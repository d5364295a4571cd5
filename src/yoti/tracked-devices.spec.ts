import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { mapTrackedDevices, trackedDeviceSchema } from './tracked-devices.js';
import { YotiError } from './yoti-error.js';

const device = {
  ip_address: '203.0.113.7',
  ip_iso_country_code: 'GBR',
  manufacture_name: 'Maker',
  model_name: 'Model',
  os_name: 'System',
  os_version: '18.3',
  browser_name: 'Browser',
  browser_version: '18',
  locale: 'en-GB',
  client_version: '2.12.0',
};

describe('mapTrackedDevices', () => {
  it('maps every field, and keeps unknown ones', () => {
    expect(
      mapTrackedDevices([
        {
          event: 'RESOURCE_CREATED',
          resource_id: 'r',
          created: '2026-03-04T10:01:02Z',
          device,
          mood: 'good',
        },
      ]),
    ).toEqual([
      {
        event: 'RESOURCE_CREATED',
        resourceId: 'r',
        createdAt: '2026-03-04T10:01:02Z',
        device: {
          ipAddress: '203.0.113.7',
          ipIsoCountryCode: 'GBR',
          manufactureName: 'Maker',
          modelName: 'Model',
          osName: 'System',
          osVersion: '18.3',
          browserName: 'Browser',
          browserVersion: '18',
          locale: 'en-GB',
          clientVersion: '2.12.0',
          other: {},
        },
        other: { mood: 'good' },
      },
    ]);
  });

  it('tolerates missing parts and an empty answer', () => {
    expect(mapTrackedDevices([{ event: 'CONFIG_FIRST_LOADED', device: null }])).toMatchObject([
      { device: null },
    ]);
    expect(mapTrackedDevices(undefined)).toEqual([]);
  });

  it('gives devices or a typed error for whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.array(fc.record({ event: fc.jsonValue(), device: fc.jsonValue() }))),
        (wire) => {
          try {
            const devices = mapTrackedDevices(wire);
            expect(trackedDeviceSchema.array().parse(devices)).toEqual(devices);
          } catch (error) {
            expect(error).toBeInstanceOf(YotiError);
          }
        },
      ),
    );
  });
});
