import type { LoggedDelivery } from '../notifications.js';
import type { Check, SimulatedSession, Task, TrackedDevice } from '../session.model.js';

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

/** Everything that happened to a session and is still to come, oldest first. */
export function timelineOf(session: SimulatedSession, deliveries: readonly LoggedDelivery[]): TimelineStep[] {
  return [
    ...milestones(session),
    ...session.devices.flatMap(({ event, at }): TimelineStep[] => {
      const title = DEVICE_EVENTS[event];
      return title === undefined ? [] : [{ at, kind: 'person', title }];
    }),
    ...captures(session),
    ...session.checks.filter(({ hidden }) => !hidden).flatMap(checkSteps),
    ...deliveries.map(deliveryStep),
  ].toSorted((a, b) => a.at - b.at);
}

/** What devices did, besides captures, which have steps of their own. */
const DEVICE_EVENTS: Partial<Record<TrackedDevice['event'], string>> = {
  CONFIG_FIRST_LOADED: 'Opened the client',
  CLIENT_SESSION_TOKEN_DELETED: 'Is through; the client token is gone',
};

function milestones(session: SimulatedSession): TimelineStep[] {
  const steps: (TimelineStep | undefined)[] = [
    { at: session.createdAt, kind: 'session', title: 'Created' },
    present(session.consentAt, { kind: 'person', title: 'Gave biometric consent' }),
    present(session.completedAt, { kind: 'session', title: 'Completed', tone: 'good' }),
    session.finishedAt === undefined
      ? { at: session.deadline, kind: 'session', title: 'Client token ends', tone: 'open' }
      : undefined,
  ];
  return steps.filter((step) => step !== undefined);
}

const present = (at: number | undefined, step: Omit<TimelineStep, 'at'>): TimelineStep | undefined =>
  at === undefined ? undefined : { at, ...step };

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
