import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { mapResult } from './map-result.js';
import { restoreResult } from './restore-result.js';
import { countedChecks, profilesOf, progressOf } from './result-facts.js';
import { listMedia } from './result-media.js';
import { sessionResultSchema } from './result.js';
import { YotiError } from './yoti-error.js';

type Json = Record<string, unknown>;

const read = (name: string): Json => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Json;
const passport = read('completed-session.example.json');

const media = { media: { id: 'm', type: 'JSON' } };
const compliance = {
  trust_framework: 'UK_TFIDA',
  schemes_compliance: [{ scheme: { type: 'DBS', objective: 'BASIC', label: 'l' }, requirements_met: false }],
};

/** The example, and everything that it doesn't show. */
const everything: Json = {
  ...passport,
  resources: {
    ...(passport['resources'] as Json),
    supplementary_documents: [{ id: 's', pages: [{ ...media, frames: [{}] }], file: media }],
    applicant_profiles: [{ id: 'a', ...media }],
    share_codes: [{ id: 'c', lookup_profile: media, file: media }],
  },
  checks: [
    ...(passport['checks'] as Json[]),
    {
      id: 'w',
      type: 'WATCHLIST_ADVANCED_CA',
      generated_profile: media,
      report: {
        watchlist_summary: {
          total_hits: 1,
          search_config: {
            type: 'WITH_CUSTOM_ACCOUNT',
            sources: { type: 'TYPE_LIST', types: ['pep'] },
            matching_strategy: { type: 'FUZZY', fuzziness: 0.6 },
            api_key: 'the-key',
            tags: { a: 'b' },
          },
          raw_results: media,
          associated_country_codes: ['GBR'],
        },
      },
    },
  ],
  identity_profile: {
    result: 'DONE',
    failure_reason: { reason_code: 'R', requirements_not_met_details: [{ failure_type: 'F' }] },
    identity_profile_report: { ...compliance, ...media },
  },
  advanced_identity_profile: {
    result: 'DONE',
    identity_profile_report: { compliance: [compliance], ...media },
  },
  identity_profile_preview: media,
  import_token: { ...media, failure_reason: 'F' },
};

/** Every place in a JSON value, as paths. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const here = path.length > 0 ? [path] : [];
  if (Array.isArray(value))
    return [...here, ...value.flatMap((item, index) => places(item, [...path, index]))];
  if (typeof value !== 'object' || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([name, inner]) => places(inner, [...path, name]))];
}

function replaced(value: unknown, [step, ...rest]: (string | number)[], by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replaced(item, rest, by) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === step ? replaced(inner, rest, by) : inner]),
  );
}

/** Maps, and puts the result to all its uses. */
function survives(wire: unknown): void {
  let result;
  try {
    result = mapResult(wire);
  } catch (error) {
    expect(error).toBeInstanceOf(YotiError);
    expect(error).toMatchObject({ code: 'YOTI_BAD_RESPONSE' });
    return;
  }
  expect(() => sessionResultSchema.parse(result)).not.toThrow();
  const stored = JSON.stringify(result);
  expect(stored).not.toContain('the-key');
  expect(stored).not.toContain('\\u0000');
  const restored = restoreResult(JSON.parse(stored));
  expect(() => sessionResultSchema.parse(restored)).not.toThrow();
  progressOf(restored);
  countedChecks(restored);
  profilesOf(restored);
  listMedia(restored);
}

const all = places(everything);

/** The same with at most two entries in each list: every kind of place is still there. */
function slim(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(-2).map(slim);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, slim(inner)]));
}

const small = slim(everything);
const nested = (depth: number): unknown => JSON.parse('{"a":['.repeat(depth) + ']}'.repeat(depth));

const mishaps: [string, unknown][] = [
  ['null', null],
  ['a text', 'Amelia'],
  ['an empty text', ''],
  ['a number', -1.5],
  ['a truth value', true],
  ['an empty list', []],
  ['a list of null', [null]],
  ['an empty object', {}],
  ['an unknown object', { media: { media: null }, value: [0] }],
  ['deep nesting', nested(20)],
  ['absurd nesting', nested(3000)],
  ['NULs', '\u0000\u0000'],
  ['a huge text', 'x'.repeat(10_000)],
];

describe('mapResult with bad input', () => {
  it.each(mishaps)('survives %s in any place', (_name, value) => {
    for (const place of places(small)) survives(replaced(small, place, value));
  });

  it('survives any value in any places', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...all), fc.jsonValue({ maxDepth: 4 })), {
          minLength: 1,
          maxLength: 4,
        }),
        (changes) => {
          survives(
            changes.reduce<unknown>((wire, [place, value]) => replaced(wire, place, value), everything),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('survives parts of the answer in the wrong places', () => {
    const subtrees = all
      .map((place) => place.reduce<unknown>((inner, step) => (inner as Json)[step as string], everything))
      .filter((value) => typeof value === 'object');
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...subtrees), (place, subtree) => {
        survives(replaced(everything, place, subtree));
      }),
      { numRuns: 200 },
    );
  });

  it('survives any answer at all', () => {
    fc.assert(fc.property(fc.jsonValue(), (wire) => survives(wire)));
  });

  it('I7 keeps unknown fields wherever they are', () => {
    for (const place of places(small)) {
      const found = place.reduce<unknown>((inner, step) => (inner as Json)[step as string], small);
      if (typeof found !== 'object' || found === null || Array.isArray(found)) continue;
      const wire = replaced(small, place, { ...found, never_heard_of: 'a novelty' });
      expect([place, JSON.stringify(restoreResult(mapResult(wire))).includes('a novelty')]).toEqual([
        place,
        true,
      ]);
    }
  });
});
