import { z } from 'zod';
import { badResponse } from './read-answer.js';
import type { MediaRef, SessionResult } from './result.js';

/** Deepest nesting kept of what Yoti may add. */
const deepest = 32;

/** Never kept, wherever they appear (Yoti: session result; a watchlist of the customer's own carries its key). */
const secrets = new Set(['client_session_token', 'api_key', 'auth_token']);

/** PostgreSQL stores no NUL character. */
const storable = (text: string) => text.replaceAll('\u0000', '\uFFFD');

/** An optional text of Yoti; anything else found in its place is kept as JSON rather than refused or dropped. */
const text = z
  .unknown()
  .optional()
  .transform((value) => {
    if (value === undefined || value === null) return null;
    return storable(typeof value === 'string' ? value : JSON.stringify(kept(value, 1)));
  });

const id = z.string().min(1).max(200).transform(storable);

const openText = text.transform((value) => value ?? '');

const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);

const mediaRef = z
  .object({ id, type: openText, created: text, last_updated: text })
  .transform(({ created, last_updated, ...media }): MediaRef => ({
    ...media,
    createdAt: created,
    lastUpdatedAt: last_updated,
  }));

/** Yoti wraps a media as `{ media }`, and writes `{}` for one that is not there. */
const holder = z
  .object({ media: mediaRef.nullish() })
  .nullish()
  .transform((value) => value?.media ?? null);

const holders = listOf(holder).transform((all) => all.filter((media) => media !== null));

const generated = listOf(z.object({ id, type: openText }));

/** Resources are dated by `created_at`, everything else by `created`. */
const timestamps = { created: text, created_at: text, last_updated: text };

const recommendation = z
  .object({ value: openText, reason: text, recovery_suggestion: text })
  .transform(({ recovery_suggestion, ...rest }) => ({ ...rest, recoverySuggestion: recovery_suggestion }));

const subCheck = z
  .object({
    sub_check: openText,
    result: openText,
    process: text,
    details: listOf(z.object({ name: openText, value: openText })),
  })
  .transform(({ sub_check, ...rest }) => ({ subCheck: sub_check, ...rest }));

/** An object of Yoti put into our words by `build`; what `shape` does not name is kept under `other`. */
function part<Shape extends z.ZodRawShape, Built extends object>(
  shape: Shape,
  build: (wire: z.output<z.ZodObject<Shape>>) => Built,
) {
  return z.looseObject(shape).transform((wire) => ({ ...build(wire), other: unnamed(wire, shape) }));
}

/** The properties that `shape` does not name, without secrets. */
function unnamed(wire: object, shape: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(wire)
      .filter(([name]) => !Object.hasOwn(shape, name) && !secrets.has(name))
      .map(([name, value]) => [storable(name), kept(value, 1)]),
  );
}

/** A copy without secrets and NUL characters; refuses nesting that could exhaust the stack of whoever reads it. */
function kept(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth > deepest) throw badResponse('nested too deep');
  if (Array.isArray(value)) return value.map((item) => kept(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !secrets.has(name))
      .map(([name, inner]) => [storable(name), kept(inner, depth + 1)]),
  );
}

interface Timestamps {
  created: string | null;
  created_at: string | null;
  last_updated: string | null;
}

const times = ({ created, created_at, last_updated }: Timestamps) => ({
  createdAt: created_at ?? created,
  lastUpdatedAt: last_updated,
});

const report = part(
  { recommendation: recommendation.nullish(), breakdown: listOf(subCheck) },
  (wire) => wire,
);

const check = part(
  {
    id,
    type: id,
    state: openText,
    resources_used: listOf(id),
    generated_media: generated,
    report: report.nullish(),
    ...timestamps,
  },
  (wire) => ({
    id: wire.id,
    type: wire.type,
    state: wire.state,
    resourcesUsed: wire.resources_used,
    recommendation: wire.report?.recommendation ?? null,
    breakdown: wire.report?.breakdown ?? [],
    generatedMedia: wire.generated_media,
    ...times(wire),
    reportOther: wire.report?.other ?? {},
  }),
).transform(({ reportOther, other, ...rest }) => ({ ...rest, other: { ...other, ...reportOther } }));

const taskRecommendation = z
  .object({ value: openText, reason: z.object({ value: text, detail: text }).nullish() })
  .transform(({ value, reason }) => ({
    value,
    reason: reason?.value ?? null,
    detail: reason?.detail ?? null,
  }));

const task = part(
  {
    id,
    type: id,
    state: openText,
    recommendation: taskRecommendation.nullish(),
    generated_checks: generated,
    generated_media: generated,
    ...timestamps,
  },
  (wire) => ({
    id: wire.id,
    type: wire.type,
    state: wire.state,
    recommendation: wire.recommendation ?? null,
    generatedChecks: wire.generated_checks,
    generatedMedia: wire.generated_media,
    ...times(wire),
  }),
);

const page = part({ capture_method: text, media: mediaRef.nullish(), frames: holders }, (wire) => ({
  captureMethod: wire.capture_method,
  media: wire.media ?? null,
  frames: wire.frames,
}));

const resource = { id, tasks: listOf(task), ...timestamps };

const document = {
  ...resource,
  document_type: text,
  issuing_country: text,
  pages: listOf(page),
  document_fields: holder,
};

const idDocument = part(
  { ...document, document_id_photo: holder, expanded_document_fields: holder },
  (wire) => ({
    id: wire.id,
    tasks: wire.tasks,
    ...times(wire),
    documentType: wire.document_type,
    issuingCountry: wire.issuing_country,
    pages: wire.pages,
    documentFields: wire.document_fields,
    fields: null,
    documentIdPhoto: wire.document_id_photo,
    expandedDocumentFields: wire.expanded_document_fields,
  }),
);

const supplementaryDocument = part({ ...document, file: holder }, (wire) => ({
  id: wire.id,
  tasks: wire.tasks,
  ...times(wire),
  documentType: wire.document_type,
  issuingCountry: wire.issuing_country,
  pages: wire.pages,
  documentFields: wire.document_fields,
  fields: null,
  file: wire.file,
}));

const livenessCapture = part(
  { ...resource, liveness_type: text, image: holder, frames: holders, facemap: holder },
  (wire) => ({
    id: wire.id,
    tasks: wire.tasks,
    ...times(wire),
    livenessType: wire.liveness_type,
    image: wire.image,
    frames: wire.frames,
    facemap: wire.facemap,
  }),
);

const faceCapture = part({ ...resource, image: holder }, (wire) => ({
  id: wire.id,
  tasks: wire.tasks,
  ...times(wire),
  image: wire.image,
}));

const resources = part(
  {
    id_documents: listOf(idDocument),
    supplementary_documents: listOf(supplementaryDocument),
    liveness_capture: listOf(livenessCapture),
    face_capture: listOf(faceCapture),
  },
  (wire) => wire,
);

const session = part(
  {
    session_id: id,
    state: id,
    client_session_token: z.unknown().optional(),
    client_session_token_ttl: z.number().nullish(),
    user_tracking_id: z.unknown().optional(),
    biometric_consent: text,
    resources: resources.nullish(),
    checks: listOf(check),
  },
  (wire) => wire,
);

/**
 * Turns Yoti's session result into ours (Yoti: session result). Unknown types, states, reasons, resources and fields
 * are kept; nulls and missing parts are tolerated. Throws `YOTI_BAD_RESPONSE`, without content of the answer, when a
 * part has a form that cannot be read.
 */
export function mapResult(wire: unknown): SessionResult {
  const parsed = session.safeParse(wire);
  if (!parsed.success) throw badResponse(reasonOf(parsed.error));
  const { data } = parsed;
  const token = data.client_session_token;
  return {
    yotiSessionId: data.session_id,
    state: data.state,
    tokenTtlSeconds: data.client_session_token_ttl ?? null,
    clientTokenLive: typeof token === 'string' && token !== '',
    biometricConsentAt: data.biometric_consent,
    checks: data.checks,
    idDocuments: data.resources?.id_documents ?? [],
    livenessCaptures: data.resources?.liveness_capture ?? [],
    supplementaryDocuments: data.resources?.supplementary_documents ?? [],
    faceCaptures: data.resources?.face_capture ?? [],
    other: { ...data.other, ...data.resources?.other },
  };
}

/** Says where and what kind of value was expected; paths are names and positions of Yoti's answer, never values. */
function reasonOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? 'the answer' : path} is of the wrong type`;
}
