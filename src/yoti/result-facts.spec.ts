import { describe, expect, it } from '@jest/globals';
import { mapResult } from './map-result.js';
import { countedChecks, profilesOf } from './result-facts.js';
import { listMedia } from './result-media.js';

const result = (parts: Record<string, unknown>) =>
  mapResult({ session_id: 's', state: 'COMPLETED', ...parts });

const liveness = (id: string, value: string, created: string) => ({
  id,
  type: 'LIVENESS',
  created,
  resources_used: [`capture of ${id}`],
  report: { recommendation: { value } },
});

const faceMatch = (capture: string) => ({
  id: 'face match',
  type: 'ID_DOCUMENT_FACE_MATCH',
  resources_used: [capture, 'document'],
});

describe('countedChecks', () => {
  const [first, second] = [
    liveness('first', 'APPROVE', '2026-01-01'),
    liveness('second', 'REJECT', '2026-01-02'),
  ];
  it.each([
    ['the approved attempt', [first, second], 'first'],
    ['the latest when none is approved', [{ ...first, report: second.report }, second], 'second'],
    ['the attempt that the face match used', [first, second, faceMatch('capture of second')], 'second'],
    ['the approved one of those used', [first, second, faceMatch('capture of first')], 'first'],
  ])('counts %s', (_name, checks, expected) => {
    const counted = countedChecks(result({ checks })).filter(({ type }) => type === 'LIVENESS');
    expect(counted.map(({ id }) => id)).toEqual([expected]);
  });
});

describe('markCounted', () => {
  it('tells of each resource which of the checks that count used it', () => {
    const marked = result({
      resources: {
        id_documents: [{ id: 'document' }, { id: 'earlier document' }],
        liveness_capture: [{ id: 'capture of second' }, { id: 'capture of first' }],
        face_capture: [{ id: 'unused' }],
      },
      checks: [
        liveness('first', 'REJECT', '2026-01-01'),
        liveness('second', 'APPROVE', '2026-01-02'),
        faceMatch('capture of second'),
      ],
    });
    const told = [...marked.idDocuments, ...marked.livenessCaptures, ...marked.faceCaptures];
    expect(told.map(({ id, counted, countedBy }) => [id, counted, countedBy])).toEqual([
      ['document', true, ['face match']],
      ['earlier document', false, []],
      ['capture of second', true, ['second', 'face match']],
      ['capture of first', false, []],
      ['unused', false, []],
    ]);
  });
});

const scheme = (met: unknown) => ({ scheme: { type: 'DBS' }, requirements_met: met });
const report = (...met: unknown[]) => ({ trust_framework: 'UK_TFIDA', schemes_compliance: met.map(scheme) });

describe('profilesOf', () => {
  const judged = (profile: unknown) => profilesOf(result({ identity_profile: profile }))[0];

  it.each([
    ['every requirement met', { result: 'DONE', identity_profile_report: report(true, true) }, true, 2, 2],
    ['one not met', { result: 'DONE', identity_profile_report: report(true, false) }, false, 2, 1],
    ['one of no known value', { result: 'DONE', identity_profile_report: report('true') }, false, 1, 0],
    ['no scheme', { result: 'DONE', identity_profile_report: report() }, false, 0, 0],
    ['no report', { result: 'DONE' }, false, 0, 0],
    ['an unknown result', { result: 'PERHAPS', identity_profile_report: report(true) }, false, 1, 1],
  ])('%s', (_name, profile, approved, schemes, met) => {
    expect(judged(profile)).toMatchObject({ name: 'IDENTITY_PROFILE', approved, schemes, met });
  });

  it('says why a profile was aborted, and takes advanced ones framework by framework', () => {
    const aborted = { result: 'ABORTED', failure_reason: { reason_code: 'FRAUD_DETECTED' } };
    expect(judged(aborted)).toMatchObject({
      result: 'ABORTED',
      reasonCode: 'FRAUD_DETECTED',
      approved: false,
    });
    const advanced = (...compliance: unknown[]) =>
      profilesOf(
        result({ advanced_identity_profile: { result: 'DONE', identity_profile_report: { compliance } } }),
      )[0];
    expect(advanced(report(true), report(true))).toMatchObject({
      name: 'ADVANCED_IDENTITY_PROFILE',
      approved: true,
    });
    expect(advanced(report(true), report())?.approved).toBe(false);
    expect(profilesOf(result({}))).toEqual([]);
  });
});

describe('listMedia', () => {
  const media = (id: string) => ({ media: { id, type: 'JSON' } });

  it('finds the media of every part, in unknown ones too', () => {
    const found = listMedia(
      result({
        resources: {
          applicant_profiles: [{ id: 'a', ...media('applicant') }],
          share_codes: [
            {
              id: 'c',
              lookup_profile: media('lookup'),
              returned_profile: media('returned'),
              id_photo: media('portrait'),
              file: media('file'),
              novelty: media('unknown of a share code'),
            },
          ],
          palm_prints: [{ print: media('unknown resource') }],
        },
        checks: [
          {
            id: 'w',
            type: 'WATCHLIST_SCREENING',
            generated_profile: media('profile'),
            report: { watchlist_summary: { raw_results: media('hits') } },
          },
        ],
        identity_profile: {
          result: 'DONE',
          identity_profile_report: { ...report(true), ...media('report') },
        },
        advanced_identity_profile_preview: media('preview'),
        import_token: media('token'),
      }),
    );
    expect(found.map(({ kind, resourceId, id }) => [kind, resourceId, id])).toEqual([
      ['applicant_profile', 'a', 'applicant'],
      ['share_code_portrait', 'c', 'portrait'],
      ['share_code_file', 'c', 'file'],
      ['share_code_lookup', 'c', 'lookup'],
      ['share_code_returned', 'c', 'returned'],
      ['identity_profile', null, 'report'],
      ['identity_profile_preview', null, 'preview'],
      ['import_token', null, 'token'],
      ['check_profile', 'w', 'profile'],
      ['watchlist_results', 'w', 'hits'],
      ['other', null, 'unknown of a share code'],
      ['other', null, 'unknown resource'],
    ]);
  });
});
