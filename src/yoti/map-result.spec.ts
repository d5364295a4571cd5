import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { mapResult } from './map-result.js';
import { countedChecks, progressOf } from './result-facts.js';
import { listMedia } from './result-media.js';
import { sessionResultSchema } from './result.js';
import { YotiError } from './yoti-error.js';

/** A completed session in Yoti's wire form: a passport, two ZOOM attempts, a face match; the person is invented. */
const example: unknown = JSON.parse(
  readFileSync(new URL('completed-session.example.json', import.meta.url), 'utf8'),
);

const token = '039abe07-166b-4f1d-9442-c86127d0143e';

/** A session that was just created, with `change` made to it. */
const fresh = (change: Record<string, unknown> = {}) => ({
  session_id: 'e355ea34-3bf9-40bc-a572-9e97614e0a00',
  state: 'ONGOING',
  client_session_token: token,
  client_session_token_ttl: 599,
  user_tracking_id: 'x',
  resources: { id_documents: [], liveness_capture: [] },
  checks: [],
  ...change,
});

describe('mapResult', () => {
  it('maps a completed session', () => {
    const result = mapResult(example);
    expect(sessionResultSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      yotiSessionId: 'e355ea34-3bf9-40bc-a572-9e97614e0a00',
      state: 'COMPLETED',
      tokenTtlSeconds: 412,
      clientTokenLive: false,
      biometricConsentAt: '2026-03-04T10:02:31Z',
      userTrackingId: 'applicant-7f31c2',
      applicantProfiles: [],
      other: {},
    });
    expect(result.checks.map(({ type, recommendation }) => [type, recommendation?.value])).toEqual([
      ['ID_DOCUMENT_AUTHENTICITY', 'APPROVE'],
      ['LIVENESS', 'APPROVE'],
      ['LIVENESS', 'REJECT'],
      ['ID_DOCUMENT_FACE_MATCH', 'APPROVE'],
    ]);
    expect(result.checks[3]?.breakdown).toEqual([
      {
        subCheck: 'ai_face_match',
        result: 'PASS',
        process: 'AUTOMATED',
        details: [{ name: 'confidence_score', value: '0.87' }],
      },
    ]);
    expect(result.idDocuments[0]).toMatchObject({
      documentType: 'PASSPORT',
      issuingCountry: 'GBR',
      createdAt: '2026-03-04T10:01:34Z',
      documentFields: { id: 'bcdc0251-cd4e-44a9-8592-8605b49213bf', type: 'JSON' },
      fields: null,
      source: { type: 'END_USER' },
      other: {},
    });
    expect(result.idDocuments[0]?.pages[0]?.frames).toHaveLength(3);
    expect(result.livenessCaptures.map(({ frames }) => frames.length)).toEqual([3, 3]);
  });

  it('never holds the client token or a watchlist key, wherever they are', () => {
    const result = mapResult(
      fresh({
        import_token: { client_session_token: token, media: null },
        checks: [
          {
            id: 'c',
            type: 'WATCHLIST_ADVANCED_CA',
            report: { watchlist_summary: { search_config: { api_key: 'k-1', tags: { a: 'b' } } } },
          },
        ],
      }),
    );
    expect(JSON.stringify(result)).not.toMatch(/039abe07|k-1|api_key/);
    expect(result.clientTokenLive).toBe(true);
    expect(result.checks[0]?.watchlistSummary?.searchConfig?.tags).toEqual({ a: 'b' });
    expect(result.checks[0]?.other).toEqual({});
  });

  it('I7 keeps unknown types, states, reasons, sub-checks, resources and fields', () => {
    const result = mapResult(
      fresh({
        state: 'PAUSED',
        brand_new: { a: 1 },
        resources: { palm_prints: [{ id: 's', file: { media: { id: 'm', type: 'PDF' } } }] },
        checks: [
          {
            id: 'c',
            type: 'PALM_READING',
            state: 'THINKING',
            lines: 3,
            report: {
              recommendation: { value: 'PERHAPS', reason: 'MERCURY_IN_RETROGRADE' },
              breakdown: [{ sub_check: 'life_line', result: 'LONG', process: 'BY_HAND' }],
            },
          },
        ],
      }),
    );
    expect(sessionResultSchema.parse(result)).toEqual(result);
    expect(result.state).toBe('PAUSED');
    expect(result.other).toEqual({
      brand_new: { a: 1 },
      palm_prints: [{ id: 's', file: { media: { id: 'm', type: 'PDF' } } }],
    });
    expect(result.checks[0]).toMatchObject({
      type: 'PALM_READING',
      state: 'THINKING',
      recommendation: { value: 'PERHAPS', reason: 'MERCURY_IN_RETROGRADE', recoverySuggestion: null },
      breakdown: [{ subCheck: 'life_line', result: 'LONG', process: 'BY_HAND', details: [] }],
      other: { lines: 3 },
    });
    expect(listMedia(result)).toEqual([{ id: 'm', type: 'PDF', kind: 'other', resourceId: null }]);
  });

  it('I7 tolerates nulls, missing parts and values of another type in optional places', () => {
    const result = mapResult(
      fresh({
        client_session_token_ttl: null,
        biometric_consent: null,
        resources: {
          id_documents: [{ id: 'd', tasks: null, pages: [{ media: null, frames: [{}, null] }] }],
          liveness_capture: null,
          face_capture: [{ id: 'f', image: {} }],
        },
        checks: [
          {
            id: 'c',
            type: 'LIVENESS',
            report: {
              recommendation: { value: 'REJECT', reason: null },
              breakdown: [
                { sub_check: 'x', result: 'FAIL', process: null, details: [{ name: 'n', value: 0.5 }] },
              ],
            },
          },
          { id: 'c2', type: 'LIVENESS', report: null },
        ],
      }),
    );
    expect(sessionResultSchema.parse(result)).toEqual(result);
    expect(result.checks[0]?.breakdown[0]?.details).toEqual([{ name: 'n', value: '0.5' }]);
    expect(result.checks[1]?.recommendation).toBeNull();
    expect(result.idDocuments[0]?.pages[0]).toMatchObject({ media: null, frames: [], captureMethod: null });
    expect(mapResult({ session_id: 's', state: 'EXPIRED' })).toMatchObject({ checks: [], other: {} });
  });

  const deep = JSON.parse('['.repeat(5000) + ']'.repeat(5000)) as unknown;
  const unreadable: [string, unknown, string][] = [
    ['null', null, 'the answer'],
    ['an array', [1, 2, 3], 'the answer'],
    ['a string', 'Amelia', 'the answer'],
    ['no session id', { state: 'ONGOING' }, 'session_id'],
    ['no state', { session_id: 's' }, 'state'],
    ['resources that are text', fresh({ resources: 'Amelia' }), 'resources'],
    ['checks that are an object', fresh({ checks: { Amelia: 1 } }), 'checks'],
    ['a check that is text', fresh({ checks: ['Amelia'] }), 'checks.0'],
    [
      'a media without id',
      fresh({ resources: { face_capture: [{ id: 'f', image: { media: {} } }] } }),
      'resources.face_capture.0.image.media.id',
    ],
    ['a lifetime that is text', fresh({ client_session_token_ttl: 'Amelia' }), 'client_session_token_ttl'],
    ['absurd nesting in a text', fresh({ biometric_consent: deep }), 'nested too deep'],
    ['absurd nesting', fresh({ novelty: deep }), 'nested too deep'],
  ];

  it.each(unreadable)('refuses %s, without content', (_name, answer, reason) => {
    let thrown: unknown;
    try {
      mapResult(answer);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(YotiError);
    expect(thrown).toMatchObject({ code: 'YOTI_BAD_RESPONSE', message: expect.stringContaining(reason) });
    expect(String(thrown)).not.toContain('Amelia');
  });

  it('replaces NUL characters, which PostgreSQL does not store', () => {
    const result = mapResult(fresh({ checks: [{ id: 'c', type: 'A\u0000B', note: ['\u0000'] }] }));
    expect(JSON.stringify(result)).not.toContain('\\u0000');
    expect(result.checks[0]?.type).toBe('A\uFFFDB');
  });
});

describe('progressOf', () => {
  const document = { id_documents: [{ id: 'd' }] };
  it.each([
    ['not_started', fresh()],
    ['capturing', fresh({ biometric_consent: '2026-03-04T10:02:31Z' })],
    ['capturing', fresh({ resources: document })],
    ['submitted', fresh({ client_session_token: undefined })],
    ['submitted', fresh({ state: 'COMPLETED', client_session_token: undefined })],
    ['not_started', fresh({ state: 'EXPIRED', client_session_token: undefined })],
    ['capturing', fresh({ state: 'EXPIRED', client_session_token: undefined, resources: document })],
  ])('%s', (progress, answer) => {
    expect(progressOf(mapResult(answer))).toBe(progress);
  });
});

const attempt = (id: string, value: string, created: string) => ({
  id,
  type: 'LIVENESS',
  created,
  report: { recommendation: { value } },
});

describe('countedChecks', () => {
  it('counts the approved attempt at liveness, else the latest', () => {
    expect(countedChecks(mapResult(example)).map(({ id }) => id.slice(0, 4))).toEqual([
      '70d2',
      'd7ab',
      'be9a',
    ]);
    const checks = [attempt('first', 'REJECT', '2026-01-01'), attempt('second', 'REJECT', '2026-01-02')];
    expect(countedChecks(mapResult(fresh({ checks }))).map(({ id }) => id)).toEqual(['second']);
  });
});

describe('listMedia', () => {
  it('lists every media once', () => {
    const media = listMedia(mapResult(example));
    expect(new Set(media.map(({ id }) => id)).size).toBe(media.length);
    const kinds = media.map(({ kind }) => kind);
    expect(
      Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((k) => k === kind).length])),
    ).toEqual({
      document_page: 1,
      document_frame: 3,
      document_fields: 1,
      document_portrait: 1,
      liveness_frame: 6,
      facemap: 2,
    });
  });
});
