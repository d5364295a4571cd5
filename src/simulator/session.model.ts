import type { RequestedCheck, SessionSpec } from './spec.js';
import type { Report } from './report.types.js';
import type { Scenario, UserStep } from './scenario.schema.js';

/** Where a piece of media comes from; its bytes are made (or were uploaded) for exactly this place. */
export type MediaOrigin =
  | { kind: 'page'; documentId: string; page: number; frame: number }
  | { kind: 'portrait'; documentId: string }
  | { kind: 'fields'; documentId: string }
  | { kind: 'expanded_fields'; documentId: string }
  | { kind: 'selfie'; livenessId: string; frame: number }
  | { kind: 'facemap'; livenessId: string }
  | { kind: 'face_capture'; resourceId: string }
  | { kind: 'watchlist'; checkId: string }
  | { kind: 'file'; documentId: string }
  | { kind: 'share_code'; resourceId: string; part: ShareCodePart }
  | { kind: 'applicant_profile' }
  | { kind: 'identity_report' }
  | { kind: 'profile_preview' }
  | { kind: 'import_token' };

/** What looking a share code up yields. */
export type ShareCodePart = 'lookup_profile' | 'returned_profile' | 'id_photo' | 'file';

export type MediaType = 'IMAGE' | 'JSON' | 'BINARY' | 'PDF';

/** A media object; times are milliseconds since the epoch throughout this file. */
export interface MediaRecord {
  id: string;
  type: MediaType;
  origin: MediaOrigin;
  createdAt: number;
  deleted?: true;
}

export interface Task {
  id: string;
  type: string;
  state: 'PENDING' | 'DONE' | 'FAILED';
  createdAt: number;
  updatedAt: number;
  dueAt: number;
  generatedChecks: { id: string; type: string }[];
  generatedMedia: { id: string; type: string }[];
  recommendation?: Recommendation;
}

/** Tells the client whether the capture is good enough. */
export interface Recommendation {
  value: 'PROGRESS' | 'SHOULD_TRY_AGAIN' | 'MUST_TRY_AGAIN';
  reason?: { value: string; detail?: string };
}

export interface DocumentResource {
  id: string;
  requirementId: string;
  kind: 'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT';
  documentType: string;
  country: string;
  captureMethod: 'CAMERA' | 'UPLOAD';
  createdAt: number;
  updatedAt: number;
  pages: { media: string; frames: string[] }[];
  task?: Task;
  fieldsMedia?: string;
  expandedFieldsMedia?: string;
  portraitMedia?: string;
  /** A supplementary document that was uploaded, as a file. */
  fileMedia?: string;
  /** How the specimen looks when nothing was uploaded; automation can't read a blurred one. */
  look: { expired: boolean; blurred: boolean };
  /** Fields fixed by the scenario. */
  fields?: Record<string, unknown>;
  portrait?: { contentType: string; data: string };
  /** The class of attempts that the capture cost, since it wasn't good enough. */
  costs?: 'GENERIC' | 'RECLASSIFICATION';
  /** Printed on the specimen. */
  documentNumber?: string;
  /** The capture satisfies its requirement. */
  accepted: boolean;
}

export interface LivenessResource {
  id: string;
  livenessType: 'ZOOM' | 'STATIC';
  createdAt: number;
  updatedAt: number;
  images: string[];
  facemap?: string;
  /** The specimen face is another person's than the document's. */
  otherPerson: boolean;
}

/** A share code that the person gave, and what it yields. */
export interface ShareCodeResource {
  id: string;
  createdAt: number;
  updatedAt: number;
  task: Task;
  media: Partial<Record<ShareCodePart, string>>;
}

export interface FaceCaptureResource {
  id: string;
  createdAt: number;
  updatedAt: number;
  image?: string;
}

export interface Check {
  id: string;
  type: string;
  state: 'PENDING' | 'DONE' | 'INTERNAL_ERROR';
  resourcesUsed: string[];
  createdAt: number;
  updatedAt: number;
  /** When the outcome below takes effect. */
  dueAt: number;
  outcome: { report: Report } | { internalError: true };
  generatedMedia: { id: string; type: string }[];
  /** Made by an extraction task: replaces the document's fields when approved. */
  replacesFieldsOf?: string;
  /** What they're replaced with; left out, the specimen's own. */
  fields?: Record<string, unknown>;
  /** Not shown until the user has finished. */
  hidden: boolean;
}

export type Requirement =
  | { id: string; type: 'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT'; index: number }
  | { id: string; type: 'LIVENESS'; livenessType: 'ZOOM' | 'STATIC' }
  | { id: string; type: 'FACE_CAPTURE' }
  | { id: string; type: 'SHARE_CODE' };

export interface TrackedDevice {
  event: 'CONFIG_FIRST_LOADED' | 'RESOURCE_CREATED' | 'CLIENT_SESSION_TOKEN_DELETED';
  resourceId?: string;
  at: number;
  device: Record<string, string>;
}

/** A scenario by its name, or a whole one of the caller's own. */
export type ScenarioChoice = string | Scenario;

/** How a visit ended; the numbers are the client's error codes. */
export type VisitEnd = 'finished' | 'abandoned' | number;

/** A person without a browser on their way through the scenario's steps. */
export interface Visitor {
  steps: UserStep[];
  next: number;
  /** When the next step is taken. */
  dueAt: number;
  /** Documents to present, in order; beyond them the scenario's. */
  documents: Record<'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT', AgentDocument[]>;
}

/** A document the agent presents; what is left out is chosen among what the session allows. */
export interface AgentDocument {
  issuing_country?: string | undefined;
  document_type?: string | undefined;
  capture_method?: 'CAMERA' | 'UPLOAD' | undefined;
  document_number?: string | undefined;
}

/** Everything the service knows about one session; plain data, stored as it is. */
export interface SimulatedSession {
  id: string;
  sdkId: string;
  token: string;
  /** What has to be done: as received, with what an identity profile's scheme adds. */
  spec: SessionSpec;
  /** The body of its creation. */
  received: unknown;
  createdAt: number;
  /** End of the client token's life. */
  deadline: number;
  /** Everything is erased then. */
  retainUntil: number;
  consentAt?: number;
  /** The user is through; the client token is gone. */
  finishedAt?: number;
  completedAt?: number;
  requirements: Requirement[];
  documents: DocumentResource[];
  liveness: LivenessResource[];
  faceCaptures: FaceCaptureResource[];
  checks: Check[];
  media: Record<string, MediaRecord>;
  devices: TrackedDevice[];
  shareCodes: ShareCodeResource[];
  /** The course of events for this session alone: set by name, as a document or as a response configuration. */
  scenario?: ScenarioChoice;
  /** The course that the session's tracking id or document number asks for. */
  trigger?: string;
  /** Media made for the whole session when it completed. */
  outcomeMedia: Partial<Record<'identity_report' | 'profile_preview' | 'import_token', string>>;
  visitor?: Visitor;
  visitEnd?: VisitEnd;
  /** The code the client ended with. */
  clientError?: number;
}

/** A change the relying business may have subscribed to. */
export interface SessionEvent {
  topic:
    | 'resource_update'
    | 'task_completion'
    | 'check_completion'
    | 'session_completion'
    | 'client_session_token_deleted';
  resource_id?: string;
  task_id?: string;
  check_id?: string;
}

/** What a transition needs from outside: the time and fresh ids. */
export interface Context {
  now: number;
  newId: () => string;
  device?: Record<string, string>;
}

/** The outcome of a transition: the next session, and what happened in order. */
export interface Transition {
  session: SimulatedSession;
  events: SessionEvent[];
}

export type SessionState = 'ONGOING' | 'COMPLETED' | 'EXPIRED';

/** Expiry is a matter of time alone, and stops applying once the user has finished. */
export function stateOf(session: SimulatedSession, now: number): SessionState {
  if (session.completedAt !== undefined) return 'COMPLETED';
  return session.finishedAt === undefined && now >= session.deadline ? 'EXPIRED' : 'ONGOING';
}

/** Whole seconds the client token still lives; 0 once over. */
export const remainingTtl = (session: SimulatedSession, now: number) =>
  Math.max(0, Math.floor((session.deadline - now) / 1000));

/** The requested check of a type, with its configuration. */
export function requestedCheck<T extends RequestedCheck['type']>(
  session: SimulatedSession,
  type: T,
): Extract<RequestedCheck, { type: T }> | undefined {
  return session.spec.requested_checks.find(
    (requested): requested is Extract<RequestedCheck, { type: T }> => requested.type === type,
  );
}
