import { describe, expect, it } from '@jest/globals';
import { parseSpec } from '../src/simulator/spec.js';
import { compileSpecification, secretNamesOf } from '../src/yoti/compile-specification.js';
import { specificationSchema } from '../src/yoti/specification.js';
import {
  excludedFields,
  fieldsWithoutBuilder,
  specificationFields,
  valueAt,
  type FieldRow,
} from './support/specification-fields.js';
import { checkRows, taskRows } from './support/specification-table-checks.js';
import { documentRows } from './support/specification-table-documents.js';
import { profileRows } from './support/specification-table-profiles.js';
import { leastPolicy, sessionRows } from './support/specification-table-session.js';

const table: FieldRow[] = [...sessionRows, ...checkRows, ...taskRows, ...documentRows, ...profileRows];

const compile = ({ policy, session }: Pick<FieldRow, 'policy' | 'session'>) => {
  const specification = specificationSchema.parse({ ...leastPolicy, ...policy });
  return compileSpecification(specification, { userTrackingId: 's-1', ...session });
};

const bodyOf = (row: Pick<FieldRow, 'policy' | 'session'>): unknown =>
  JSON.parse(JSON.stringify(compile(row)));

describe("every field of Yoti's session specification", () => {
  it('has a row, or a reason why not', () => {
    const shown = new Set(table.map(({ field }) => field));
    expect(specificationFields.filter((field) => !shown.has(field) && !(field in excludedFields))).toEqual(
      [],
    );
    expect(
      [...shown].filter((field) => !specificationFields.includes(field) || field in excludedFields),
    ).toEqual([]);
    expect(Object.keys(excludedFields).filter((field) => !specificationFields.includes(field))).toEqual([]);
    expect(new Set(specificationFields).size).toBe(specificationFields.length);
  });

  it('is compared with what the SDK builds, where it has a builder', () => {
    const alone = table.filter(({ sdk }) => sdk === undefined).map(({ field }) => field);
    expect(new Set(alone)).toEqual(fieldsWithoutBuilder);
  });

  it.each(table.map((row) => [`${row.field} = ${JSON.stringify(row.value)}`, row] as const))(
    '%s',
    (_name, row) => {
      const body = bodyOf(row);
      expect(valueAt(body, row.field)).toEqual(row.value);
      if (row.sdk === undefined) return;
      const [unit, built] = row.sdk;
      expect(JSON.stringify(unit === '' ? body : valueAt(body, unit))).toBe(JSON.stringify(built));
    },
  );

  it.each(table.map((row) => [row.field, row] as const))('%s is left out when nothing is said', (field) => {
    const always = ['resources_ttl', 'user_tracking_id', 'sdk_config.allowed_capture_methods'];
    expect(valueAt(bodyOf({}), field) === undefined).toBe(!always.includes(field));
  });

  it.each(table.map((row) => [row.field, row] as const))('%s is read by the simulator', (_field, row) => {
    const now = Date.parse('2026-03-04T10:00:00Z');
    const read = parseSpec(bodyOf(row), { allowHttpNotifications: false, now });
    // A fragment may lack what it needs of others, but each of its fields has the right form.
    const lacks = /^(?:requires|must not be empty)/;
    expect('errors' in read ? read.errors.filter(({ message }) => !lacks.test(message)) : []).toEqual([]);
  });
});

describe('what the builders lack', () => {
  const policy = {
    checks: [
      {
        type: 'ID_DOCUMENT_AUTHENTICITY' as const,
        manualCheck: 'FALLBACK' as const,
        issuingAuthoritySubCheck: { requested: true },
      },
    ],
    client: { darkMode: 'AUTO' as const, hideLogo: true, primaryColour: '#2d9fff' },
    importToken: { ttlSeconds: 60 },
  };

  it("comes after the builders' own fields, the same each time", () => {
    const json = JSON.stringify(compile({ policy }));
    expect(JSON.stringify(compile({ policy }))).toBe(json);
    expect(json).toBe(
      JSON.stringify({
        resources_ttl: 604_800,
        user_tracking_id: 's-1',
        requested_checks: [
          {
            type: 'ID_DOCUMENT_AUTHENTICITY',
            config: { manual_check: 'FALLBACK', issuing_authority_sub_check: { requested: true } },
          },
        ],
        requested_tasks: [],
        sdk_config: {
          allowed_capture_methods: 'CAMERA',
          primary_colour: '#2d9fff',
          dark_mode: 'AUTO',
          hide_logo: true,
        },
        required_documents: [],
        import_token: { ttl: 60 },
      }),
    );
  });
});

describe('secrets', () => {
  const account = (apiKeySecret: string) => ({
    type: 'WATCHLIST_ADVANCED_CA' as const,
    customAccount: { apiKeySecret, clientRef: 'unit-1' },
  });

  it('are named once, sorted, and never kept in the policy', () => {
    const specification = { ...leastPolicy, checks: [account('b'), account('a'), account('b')] };
    expect(secretNamesOf(specification)).toEqual(['a', 'b']);
    expect(secretNamesOf(leastPolicy)).toEqual([]);
  });

  it.each(['missing', 'toString', '__proto__'])('"%s" is named when it is missing', (name) => {
    const checks = [account('there')];
    const specification = { ...leastPolicy, checks: [account(name)] };
    const compileWith = () =>
      compileSpecification(specification, { userTrackingId: 's-1', secrets: { there: 'x' } });
    expect(compileWith).toThrow(new RangeError(`The secret "${name}" is missing.`));
    expect(JSON.stringify(compile({ policy: { checks }, session: { secrets: { there: 'x' } } }))).toContain(
      '"x"',
    );
  });
});
