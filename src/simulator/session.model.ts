import type { RequestedCheck, SessionSpec } from './spec.js';
import type { Report } from './report.types.js';
import type { ResponseConfig } from './response-config.js';

/** Where a piece of media comes from; its bytes are made (or were uploaded) for exactly this place. */
export type MediaOrigin =
  | { kind: 'page'; documentId: string; page: number; frame: number }
  | { kind: 'portrait'; documentId: string }
  | { kind: 'fields'; documentId: string }
  | { kind: 'expanded_fields'; documentId: string }
  | { kind: 'selfie'; livenessId: string; frame: number }
  | { kind: 'facemap'; livenessId: string }
  | { kind: 'face_capture'; resourceId: string }
  | { kind: 'watchlist'; checkId: string };

/** A media object; times are milliseconds since the epoch throughout this file. */
export interface MediaRecord {
  id: string;
  type: 'IMAGE' | 'JSON' | 'BINARY';
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
  reason?: { value: string; detail: string };
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
  /** How the specimen looks when nothing was uploaded. */
  look: { expired: boolean; blurred: boolean };
  /** Fields fixed by a response configuration. */
  fields?: Record<string, unknown>;
  portrait?: { contentType: string; data: string };
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
  /** Not shown until the user has finished. */
  hidden: boolean;
}

export type Requirement =
  | { id: string; type: 'ID_DOCUMENT' | 'SUPPLEMENTARY_DOCUMENT'; index: number }
  | { id: string; type: 'LIVENESS'; livenessType: 'ZOOM' | 'STATIC' }
  | { id: string; type: 'FACE_CAPTURE' };

export interface TrackedDevice {
  event: 'CONFIG_FIRST_LOADED' | 'RESOURCE_CREATED' | 'CLIENT_SESSION_TOKEN_DELETED';
  resourceId?: string;
  at: number;
  device: Record<string, string>;
}

/** Everything the service knows about one session; plain data, stored as it is. */
export interface SimulatedSession {
  id: string;
  sdkId: string;
  token: string;
  spec: SessionSpec;
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
  /** Results for this session alone: a named scenario or a response configuration, whichever was set last. */
  results?: { scenario: string } | { config: ResponseConfig };
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
