import type { LoggedDelivery } from '../notifications.js';
import type { Check, SimulatedSession, Task } from '../session.model.js';

/** What a step of a session's course is about. */
export type StepKind =
  'session' | 'person' | 'document' | 'task' | 'liveness' | 'face' | 'check' | 'notification';

/** One step; `at` in milliseconds since the epoch. */
export interface TimelineStep {
  at: number;
  kind: StepKind;
  title: string;
  /** Such as a check's recommendation, or a receiver's status. */
  detail?: string;
  tone?: 'good' | 'bad' | 'open';
}

/** Everything that happened to a session and is still to come, oldest first; at the same time, in the order of a visit. */
export function timelineOf(session: SimulatedSession, deliveries: readonly LoggedDelivery[]): TimelineStep[] {
  const { createdAt, consentAt, finishedAt, completedAt, deadline } = session;
  return [
    ...step(createdAt, { kind: 'session', title: 'Created' }),
    ...step(firstOpened(session), { kind: 'person', title: 'Opened the client' }),
    ...step(consentAt, { kind: 'person', title: 'Gave biometric consent' }),
    ...captures(session),
    ...step(finishedAt, { kind: 'person', title: 'Is through; the client token is gone' }),
    ...session.checks.filter(({ hidden }) => !hidden).flatMap(checkSteps),
    ...step(completedAt, { kind: 'session', title: 'Completed', tone: 'good' }),
    ...deliveries.map(deliveryStep),
    ...step(finishedAt === undefined ? deadline : undefined, {
      kind: 'session',
      title: 'Client token ends',
      tone: 'open',
    }),
  ].toSorted((a, b) => a.at - b.at);
}

const step = (at: number | undefined, what: Omit<TimelineStep, 'at'>): TimelineStep[] =>
  at === undefined ? [] : [{ at, ...what }];

const firstOpened = ({ devices }: SimulatedSession) =>
  devices.find(({ event }) => event === 'CONFIG_FIRST_LOADED')?.at;

function captures(session: SimulatedSession): TimelineStep[] {
  return [
    ...session.documents.flatMap((document): TimelineStep[] => [
      {
        at: document.createdAt,
        kind: 'document',
        title: `${document.documentType} of ${document.country}`,
        detail: document.accepted ? 'accepted' : 'not accepted',
        tone: document.accepted ? 'good' : 'open',
      },
      ...(document.task ? [taskStep(document.task)] : []),
    ]),
    ...session.liveness.map(({ createdAt, livenessType }): TimelineStep => ({
      at: createdAt,
      kind: 'liveness',
      title: `Selfie for ${livenessType} liveness`,
    })),
    ...session.faceCaptures.map(({ createdAt, image }): TimelineStep => ({
      at: createdAt,
      kind: 'face',
      title: 'Face capture of the relying business',
      detail: image === undefined ? 'no image yet' : 'with image',
    })),
  ];
}

function taskStep({ type, state, updatedAt, dueAt, recommendation }: Task): TimelineStep {
  if (state === 'PENDING') return { at: dueAt, kind: 'task', title: type, detail: 'due', tone: 'open' };
  const good = state === 'DONE' && (recommendation === undefined || recommendation.value === 'PROGRESS');
  return {
    at: updatedAt,
    kind: 'task',
    title: type,
    detail: [state, recommendation?.value, recommendation?.reason?.value].filter(Boolean).join(' · '),
    tone: good ? 'good' : 'bad',
  };
}

function checkSteps({ type, state, createdAt, updatedAt, dueAt, outcome }: Check): TimelineStep[] {
  const started: TimelineStep = { at: createdAt, kind: 'check', title: type, detail: 'started' };
  if (state === 'PENDING') {
    return [started, { at: dueAt, kind: 'check', title: type, detail: 'due', tone: 'open' }];
  }
  const recommendation = state === 'DONE' && 'report' in outcome ? outcome.report.recommendation : undefined;
  const ended: TimelineStep = {
    at: updatedAt,
    kind: 'check',
    title: type,
    detail: [state, recommendation?.value, recommendation?.reason].filter(Boolean).join(' · '),
    tone: recommendation?.value === 'APPROVE' ? 'good' : 'bad',
  };
  return [started, ended];
}

function deliveryStep({ body, attempts, state, nextAttemptAt }: LoggedDelivery): TimelineStep {
  const last = attempts.at(-1);
  return {
    at: last?.at ?? nextAttemptAt,
    kind: 'notification',
    title: body.topic,
    detail: [state, last?.status ?? last?.error].filter((part) => part !== undefined).join(' · '),
    tone: state === 'delivered' ? 'good' : state === 'pending' ? 'open' : 'bad',
  };
}
