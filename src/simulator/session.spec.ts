import { describe, expect, it } from '@jest/globals';
import { visit } from './agent.js';
import { addDocument, attemptsRemaining } from './capture-document.js';
import { addLiveness, livenessRemaining } from './capture-liveness.js';
import { consent, open } from './capture.js';
import { newSession } from './create-session.js';
import { advance, finish, nextDue } from './progress.js';
import type { Plan } from './reports.js';
import { sessionConfiguration, sessionResult } from './result.js';
import { findScenario, SCENARIOS } from './scenarios.js';
import { stateOf, type SimulatedSession, type Transition } from './session.model.js';
import { parseSpec } from './spec.js';

const START = Date.parse('2026-03-04T10:00:00Z');
let counter = 0;
const at = (seconds: number) => ({ now: START + seconds * 1000, newId: () => `id-${(counter += 1)}` });

function plan(name = 'happy'): Plan {
  const scenario = findScenario(name);
  if (!scenario) throw new Error(`No scenario ${name}`);
  return { scenario, timing: { extractionDelay: 2, asyncReportDelay: 10, manualReviewDelay: 60 } };
}

function start(extra: object = {}): SimulatedSession {
  const outcome = parseSpec(
    {
      client_session_token_ttl: 900,
      requested_checks: [
        { type: 'ID_DOCUMENT_AUTHENTICITY', config: { manual_check: 'FALLBACK' } },
        { type: 'LIVENESS', config: { liveness_type: 'ZOOM', max_retries: 2 } },
        { type: 'ID_DOCUMENT_FACE_MATCH', config: { manual_check: 'NEVER' } },
      ],
      requested_tasks: [{ type: 'ID_DOCUMENT_TEXT_DATA_EXTRACTION', config: { manual_check: 'FALLBACK' } }],
      ...extra,
    },
    { allowHttpNotifications: true, now: START },
  );
  if ('errors' in outcome) throw new Error(JSON.stringify(outcome.errors));
  return newSession('app', outcome.spec, at(0));
}

const passport = (session: SimulatedSession) => ({
  requirementId: session.requirements.find(({ type }) => type === 'ID_DOCUMENT')?.id ?? '',
  country: 'GBR',
  documentType: 'PASSPORT',
  captureMethod: 'CAMERA' as const,
});
const topics = ({ events }: Transition) => events.map(({ topic }) => topic);
const refused = (act: () => unknown) => {
  try {
    act();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a session over time', () => {
  it('goes step by step from created to completed', () => {
    const created = start();
    expect(nextDue(created)).toBeUndefined();
    const opened = open(created, at(1)).session;
    const agreed = consent(opened, at(2)).session;
    const documented = addDocument(agreed, passport(agreed), plan(), at(10));
    expect(topics(documented)).toEqual(['resource_update']);
    expect(nextDue(documented.session)).toBe(START + 12_000);
    expect(advance(documented.session, plan(), at(11)).session).toBe(documented.session);
    const read = advance(documented.session, plan(), at(12));
    expect(topics(read)).toEqual(['task_completion', 'resource_update']);
    const alive = addLiveness(read.session, plan(), at(20));
    expect(topics(alive)).toEqual(['resource_update', 'check_completion']);
    const through = finish(alive.session, plan(), at(30));
    expect(topics(through)).toEqual(['client_session_token_deleted']);
    expect(through.session.checks.map(({ state }) => state)).toEqual(['DONE', 'PENDING', 'PENDING']);
    const done = advance(through.session, plan(), at(40));
    expect(topics(done)).toEqual(['check_completion', 'check_completion', 'session_completion']);
    expect(stateOf(done.session, at(10_000).now)).toBe('COMPLETED');
    expect(nextDue(done.session)).toBeUndefined();
  });

  it('leaves the session it was given untouched', () => {
    const created = start();
    const before = structuredClone(created);
    addDocument(created, passport(created), plan(), at(1));
    expect(created).toEqual(before);
  });

  it('expires at the deadline only while the person is at it', () => {
    const created = start();
    expect(stateOf(created, at(899).now)).toBe('ONGOING');
    expect(stateOf(created, at(900).now)).toBe('EXPIRED');
    expect(refused(() => consent(created, at(900)))).toBe('SESSION_EXPIRED');
    const finished = visit(created, plan(), {}, at(800)).session;
    expect(stateOf(finished, at(901).now)).toBe('ONGOING');
    expect(refused(() => consent(finished, at(801)))).toBe('BAD_TOKEN');
  });

  it('finishes only when everything is there', () => {
    const created = start();
    expect(refused(() => finish(created, plan(), at(1)))).toBe('INCOMPLETE');
  });

  it('counts liveness attempts and refuses more than allowed', () => {
    let session = start();
    for (const left of [1, 0]) {
      session = addLiveness(session, plan('liveness_exhausted'), at(1)).session;
      expect(livenessRemaining(session)).toBe(left);
    }
    expect(refused(() => addLiveness(session, plan(), at(2)))).toBe('REQUIREMENT_LOCKED');
    expect(session.checks).toHaveLength(2);
  });

  it('costs an attempt to present an expired document', () => {
    const created = start();
    const { session, document } = addDocument(created, passport(created), plan('expired_document'), at(1));
    expect(document.task?.recommendation?.value).toBe('MUST_TRY_AGAIN');
    expect(attemptsRemaining(session, document.requirementId)).toBe(1);
    const allowing = start({
      required_documents: [
        { type: 'ID_DOCUMENT', filter: { type: 'ORTHOGONAL_RESTRICTIONS', allow_expired_documents: true } },
      ],
    });
    const accepted = addDocument(allowing, passport(allowing), plan('expired_document'), at(1)).document;
    expect(accepted.accepted).toBe(true);
  });

  it('refuses documents the filter does not allow', () => {
    const session = start();
    const wrong = { ...passport(session), documentType: 'AADHAAR' };
    expect(refused(() => addDocument(session, wrong, plan(), at(1)))).toBe('PAYLOAD_VALIDATION');
  });

  it('sends what automation cannot judge to expert review, later than the rest', () => {
    const finished = visit(start(), plan('forged_document'), {}, at(100)).session;
    const soon = advance(finished, plan('forged_document'), at(110)).session;
    const states = (session: SimulatedSession) =>
      Object.fromEntries(session.checks.map(({ type, state }) => [type, state]));
    expect(states(soon)).toMatchObject({
      ID_DOCUMENT_AUTHENTICITY: 'PENDING',
      ID_DOCUMENT_FACE_MATCH: 'DONE',
    });
    expect(stateOf(advance(soon, plan('forged_document'), at(170)).session, at(170).now)).toBe('COMPLETED');
  });

  it('hides the text data check until the person is through', () => {
    const scenario = plan('extraction_manual_fallback');
    const created = start();
    const documented = addDocument(created, passport(created), scenario, at(1)).session;
    const read = advance(documented, scenario, at(5)).session;
    expect(sessionResult(read, at(5).now)['checks']).toEqual([]);
    const finished = finish(addLiveness(read, scenario, at(6)).session, scenario, at(7)).session;
    expect(finished.checks.map(({ type }) => type)).toContain('ID_DOCUMENT_TEXT_DATA_CHECK');
    expect(finished.checks.every(({ hidden }) => !hidden)).toBe(true);
  });
});

describe('the agent', () => {
  it.each(SCENARIOS.map(({ name }) => name))('ends %s as its description says', (name) => {
    const ends: Record<string, unknown> = {
      liveness_exhausted: 5002,
      expired_document: 4001,
      user_abandons: 'abandoned',
    };
    expect(visit(start(), plan(name), {}, at(1)).session.visitEnd).toBe(ends[name] ?? 'finished');
  });
});

describe('wire forms', () => {
  it('never contain null', () => {
    for (const { name } of SCENARIOS) {
      const { session } = visit(start(), plan(name), {}, at(1));
      for (const seconds of [1, 100, 1000]) {
        const now = advance(session, plan(name), at(seconds)).session;
        expect(JSON.stringify(sessionResult(now, at(seconds).now))).not.toContain('null');
        if (stateOf(now, at(seconds).now) === 'EXPIRED') continue;
        expect(JSON.stringify(sessionConfiguration(now, at(seconds).now))).not.toContain('null');
      }
    }
  });
});
