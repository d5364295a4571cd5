import { describe, expect, it } from '@jest/globals';
import { checkSpecification } from './check-specification.js';
import type { Specification } from './specification.js';
import { specificationExample as good } from './specification.example.js';

/** Problems as "severity path", which is what a caller can rely on. */
const found = (change: Partial<Specification>) =>
  checkSpecification({ ...good, ...change }).map(({ severity, path }) => `${severity} ${path.join('.')}`);

const upload: Specification['capture'] = { methods: 'CAMERA_AND_UPLOAD' };
const [, liveness, faceMatch] = good.checks;
const withAuthenticity = (settings: object) =>
  ({
    capture: upload,
    checks: [{ type: 'ID_DOCUMENT_AUTHENTICITY', ...settings }, liveness, faceMatch],
  }) as Partial<Specification>;

const table: [string, Partial<Specification>, string[]][] = [
  [
    'retries below 1',
    {
      capture: {
        methods: 'CAMERA',
        genericRetries: 0,
        reclassificationRetries: -1,
        categoryRetries: { RECLASSIFICATION: 0 },
      },
    },
    [
      'error capture.genericRetries',
      'error capture.reclassificationRetries',
      'error capture.categoryRetries.RECLASSIFICATION',
      'warning capture.categoryRetries.RECLASSIFICATION',
    ],
  ],
  [
    'retries of an unknown category',
    { capture: { methods: 'CAMERA', categoryRetries: { WEATHER: 1, GENERIC: 2 } } },
    ['warning capture.categoryRetries.WEATHER'],
  ],
  ['uploads', { capture: upload }, []],
  [
    'uploads though experts look at each',
    withAuthenticity({ manualCheck: 'ALWAYS' }),
    ['warning capture.methods'],
  ],
  [
    'uploads though the authority is asked',
    withAuthenticity({ issuingAuthoritySubCheck: { requested: true } }),
    ['warning capture.methods'],
  ],
  [
    'uploads for an identity profile',
    {
      capture: upload,
      checks: [],
      tasks: [],
      documents: [],
      identityProfile: { trustFramework: 'UK_TFIDA', scheme: { type: 'RTW' } },
    },
    ['warning capture.methods'],
  ],
  [
    'consent that is not asked for early',
    { capture: { methods: 'CAMERA', blockBiometricConsent: true, biometricConsentFlow: 'EARLY' } },
    ['warning capture.biometricConsentFlow'],
  ],
  ['consent that is not asked for', { capture: { methods: 'CAMERA', blockBiometricConsent: true } }, []],
  [
    'client settings',
    {
      client: {
        locale: 'tlh',
        primaryColour: 'blue',
        secondaryColour: '#12',
        fontColour: '#12345g',
        primaryColourDarkMode: 'black',
        darkMode: 'AUTO',
        privacyPolicyUrl: 'javascript:alert(1)',
        presetCountry: 'GB',
        suppressedScreens: ['NOPE'],
      },
    },
    [
      'error client.primaryColour',
      'error client.secondaryColour',
      'error client.fontColour',
      'error client.primaryColourDarkMode',
      'warning client.locale',
      'error client.presetCountry',
      'error client.privacyPolicyUrl',
      'warning client.suppressedScreens.0',
    ],
  ],
  ['an empty list of screens', { client: { suppressedScreens: [] } }, ['error client.suppressedScreens']],
  ['short colour', { client: { primaryColour: '#Abc' } }, []],
  [
    'a colour for pages that are never dark',
    { client: { primaryColourDarkMode: '#000', darkMode: 'OFF' } },
    ['warning client.primaryColourDarkMode'],
  ],
  ['an unknown preset country', { client: { presetCountry: 'GRB' } }, ['warning client.presetCountry']],
  [
    'a preset country that the filter excludes',
    {
      client: { presetCountry: 'FRA' },
      documents: [
        {
          type: 'ID_DOCUMENT',
          filter: { kind: 'ORTHOGONAL', countries: { inclusion: 'INCLUDE', codes: ['GBR'] } },
        },
      ],
    },
    ['warning client.presetCountry'],
  ],
];

describe('checking how things are captured and look', () => {
  it.each(table)('%s', (_name, change, expected) => {
    expect(found(change)).toEqual(expected);
  });
});
