import { attemptsByClass } from './capture-document.js';
import { choicesFor } from './capture.js';
import { conflict } from './errors.js';
import { outcomeResult } from './outcome.js';
import { satisfied } from './progress.js';
import {
  remainingTtl,
  stateOf,
  type Check,
  type DocumentResource,
  type LivenessResource,
  type Requirement,
  type ShareCodeResource,
  type SimulatedSession,
  type Task,
} from './session.model.js';
import { asksConsent } from './user-steps.js';

/** UTC with second precision, as the service writes times. */
export const wireTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

type Json = Record<string, unknown>;

const media = (session: SimulatedSession, id: string | undefined) => {
  const record = id === undefined ? undefined : session.media[id];
  if (!record) return undefined;
  const created = wireTime(record.createdAt);
  return { media: { id: record.id, type: record.type, created, last_updated: created } };
};

/** Leaves out what is undefined: the SDK's parser takes absent values, never null. */
const present = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** The body of `GET /sessions/S`. */
export function sessionResult(session: SimulatedSession, now: number): Json {
  const state = stateOf(session, now);
  const documents = (kind: DocumentResource['kind']) =>
    session.documents.filter((doc) => doc.kind === kind).map((doc) => documentResult(session, doc));
  return present({
    client_session_token_ttl: state === 'EXPIRED' ? 0 : remainingTtl(session, now),
    client_session_token: state === 'ONGOING' && session.finishedAt === undefined ? session.token : undefined,
    session_id: session.id,
    user_tracking_id: session.spec.user_tracking_id,
    state,
    biometric_consent: session.consentAt === undefined ? undefined : wireTime(session.consentAt),
    resources: {
      id_documents: documents('ID_DOCUMENT'),
      supplementary_documents: documents('SUPPLEMENTARY_DOCUMENT'),
      liveness_capture: session.liveness.map((capture) => livenessResult(session, capture)),
      face_capture: session.faceCaptures.map((capture) =>
        present({
          ...resource(capture, 'RELYING_BUSINESS'),
          tasks: [],
          image: media(session, capture.image),
        }),
      ),
      share_codes: session.shareCodes.map((code) => shareCodeResult(session, code)),
      applicant_profiles: applicantProfiles(session),
    },
    checks: session.checks.filter(({ hidden }) => !hidden).map(checkResult),
    ...outcomeResult(session, now, (id) => media(session, id)),
  });
}

const resource = (capture: { id: string; createdAt: number; updatedAt: number }, source = 'END_USER') => ({
  id: capture.id,
  source: { type: source },
  created_at: wireTime(capture.createdAt),
  last_updated: wireTime(capture.updatedAt),
});

function documentResult(session: SimulatedSession, doc: DocumentResource): Json {
  return present({
    ...resource(doc),
    tasks: doc.task ? [taskResult(doc.task)] : [],
    document_type: doc.documentType,
    issuing_country: doc.country,
    pages: doc.pages.map((page) => ({
      capture_method: doc.captureMethod,
      ...media(session, page.media),
      frames: page.frames.map((id) => media(session, id)),
    })),
    document_fields: media(session, doc.fieldsMedia),
    expanded_document_fields: media(session, doc.expandedFieldsMedia),
    document_id_photo: media(session, doc.portraitMedia),
    file: media(session, doc.fileMedia),
  });
}

function shareCodeResult(session: SimulatedSession, code: ShareCodeResource): Json {
  const parts = Object.entries(code.media).map(([part, id]) => [part, media(session, id)]);
  return { ...resource(code), tasks: [taskResult(code.task)], ...Object.fromEntries(parts) };
}

/** What the relying business told about the person when it created the session. */
function applicantProfiles(session: SimulatedSession): Json[] {
  return Object.values(session.media)
    .filter(({ origin }) => origin.kind === 'applicant_profile')
    .map(({ id, createdAt }) => ({
      ...resource({ id, createdAt, updatedAt: createdAt }, 'RELYING_BUSINESS'),
      tasks: [],
      ...media(session, id),
    }));
}

function livenessResult(session: SimulatedSession, capture: LivenessResource): Json {
  const base = { ...resource(capture), tasks: [], liveness_type: capture.livenessType };
  if (capture.livenessType === 'STATIC') return { ...base, image: media(session, capture.images[0]) };
  const frames = capture.images.map((id) => media(session, id));
  // Published ZOOM results list seven frames, of which only the first three carry media.
  return { ...base, frames: [...frames, {}, {}, {}, {}], facemap: media(session, capture.facemap) };
}

const taskResult = (task: Task): Json =>
  present({
    type: task.type,
    id: task.id,
    state: task.state,
    created: wireTime(task.createdAt),
    last_updated: wireTime(task.updatedAt),
    generated_checks: task.generatedChecks,
    generated_media: task.generatedMedia,
    recommendation: task.state === 'PENDING' ? undefined : task.recommendation,
  });

const checkResult = (check: Check): Json =>
  present({
    type: check.type,
    id: check.id,
    state: check.state,
    resources_used: check.resourcesUsed,
    generated_media: check.generatedMedia,
    report: check.state === 'DONE' && 'report' in check.outcome ? check.outcome.report : undefined,
    created: wireTime(check.createdAt),
    last_updated: wireTime(check.updatedAt),
  });

/** The body of `GET /sessions/S/configuration`. @throws ServiceError 409 `SESSION_EXPIRED` */
export function sessionConfiguration(session: SimulatedSession, now: number): Json {
  if (stateOf(session, now) === 'EXPIRED') throw conflict('SESSION_EXPIRED', 'The session has expired');
  const { spec } = session;
  return {
    client_session_token_ttl: remainingTtl(session, now),
    session_id: session.id,
    requested_checks: spec.requested_checks.map(({ type }) => type),
    capture: {
      biometric_consent: consentState(session),
      required_resources: session.requirements.map((requirement) => requirementResult(session, requirement)),
    },
    sdk_config: {
      primary_colour: '#2d9fff',
      locale: 'en-GB',
      allow_handoff: false,
      ...spec.sdk_config,
    },
    track_ip_address: false,
  };
}

function consentState(session: SimulatedSession): string {
  if (!asksConsent(session)) return 'NOT_REQUIRED';
  return session.consentAt === undefined ? 'REQUIRED' : 'CAPTURED';
}

function requirementResult(session: SimulatedSession, requirement: Requirement): Json {
  const source = requirement.type === 'FACE_CAPTURE' ? 'RELYING_BUSINESS' : 'END_USER';
  const base = {
    type: requirement.type,
    id: requirement.id,
    state: requirementState(session, requirement),
    allowed_sources: [{ type: source }],
  };
  if (requirement.type === 'LIVENESS') return { ...base, liveness_type: requirement.livenessType };
  if (requirement.type === 'FACE_CAPTURE' || requirement.type === 'SHARE_CODE') return base;
  return { ...base, ...documentRequirement(session, requirement) };
}

function requirementState(session: SimulatedSession, requirement: Requirement): string {
  const resources = resourcesFor(session, requirement);
  const reading = resources.some(({ task }) => task?.state === 'PENDING');
  if (!reading && satisfied(session, requirement)) return 'COMPLETE';
  return resources.length > 0 ? 'IN_PROGRESS' : 'REQUIRED';
}

function resourcesFor(session: SimulatedSession, { id, type }: Requirement): { task?: Task }[] {
  if (type === 'LIVENESS') return session.liveness.map(() => ({}));
  if (type === 'FACE_CAPTURE') return session.faceCaptures.map(() => ({}));
  if (type === 'SHARE_CODE') return session.shareCodes;
  return session.documents.filter(({ requirementId }) => requirementId === id);
}

function documentRequirement(session: SimulatedSession, { id, type }: Requirement): Json {
  const { required, countries } = choicesFor(session, id);
  const task = `${type}_TEXT_DATA_EXTRACTION`;
  const requested = session.spec.requested_tasks.some((one) => one.type === task);
  const common = {
    allowed_capture_methods: (session.spec.sdk_config?.allowed_capture_methods ?? 'CAMERA').toUpperCase(),
    requested_tasks: requested ? [{ type: task, state: taskState(session, id) }] : [],
    attempts_remaining: attemptsByClass(session, id),
  };
  if (required?.type !== 'SUPPLEMENTARY_DOCUMENT') return { ...common, supported_countries: countries };
  return {
    ...common,
    objective: required.objective,
    country_codes: countries.map(({ code }) => code),
    document_types: countries[0]?.supported_documents.map((doc) => doc.type) ?? [],
  };
}

function taskState(session: SimulatedSession, requirementId: string): string {
  const [latest] = session.documents.filter((doc) => doc.requirementId === requirementId);
  if (!latest?.task) return 'REQUIRED';
  if (latest.task.state === 'PENDING') return 'IN_PROGRESS';
  return latest.accepted ? 'COMPLETE' : 'REQUIRED';
}

/** The body of `GET /sessions/S/tracked-devices`: a top-level array. */
export const trackedDevices = (session: SimulatedSession) =>
  session.devices.map(({ event, resourceId, at, device }) => ({
    event,
    ...(resourceId !== undefined && { resource_id: resourceId }),
    created: wireTime(at),
    device,
  }));
