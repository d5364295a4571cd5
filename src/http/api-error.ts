/**
 * Every error code of the API, with its status and a title. A code never changes its meaning; the detail of an answer
 * says what was wrong this time.
 */
export const errorCodes = {
  invalid_request: [400, 'The request is not valid'],
  malformed_body: [400, 'The body could not be read'],
  unauthenticated: [401, 'No valid credentials were given'],
  login_failed: [401, 'E-mail or password is wrong'],
  forbidden: [403, 'The caller may not do this'],
  tenant_required: [400, 'The tenant has to be named'],
  environment_required: [400, 'The environment has to be named'],
  tenant_suspended: [403, 'The tenant is suspended'],
  cross_site_request: [403, 'The request came from another site'],
  not_found: [404, 'There is no such object'],
  conflict: [409, 'The object is not in a state that allows this'],
  already_exists: [409, 'There is one with this name already'],
  no_active_credential: [409, 'The tenant has no active Yoti credential'],
  policy_not_published: [409, 'The policy has no published version'],
  review_decided: [409, 'The review has been decided'],
  review_claimed: [409, 'Somebody else has claimed the review'],
  review_not_claimed: [409, 'Claim the review before deciding it'],
  result_not_available: [409, 'There is no result yet'],
  link_not_active: [409, 'The link of the session can not be used any more'],
  email_not_configured: [409, 'This installation can not send e-mail'],
  email_limit_reached: [409, 'The link was sent by e-mail often enough'],
  session_erased: [410, 'The session has been erased'],
  data_unreadable: [410, 'What is stored can not be opened any more'],
  version_mismatch: [412, 'The object has changed since it was read'],
  payload_too_large: [413, 'The body is too large'],
  unsupported_media_type: [415, 'The body has to be application/json'],
  idempotency_key_reused: [422, 'The idempotency key was used for another request'],
  policy_invalid: [422, 'The policy can not be published'],
  credential_invalid: [422, 'The Yoti credential is not usable'],
  idempotency_in_flight: [409, 'A request with this idempotency key is still running'],
  rate_limited: [429, 'Too many requests'],
  internal_error: [500, 'Something went wrong on our side'],
  yoti_refused: [502, 'Yoti refused the request'],
  yoti_bad_response: [502, 'Yoti answered with something unreadable'],
  yoti_unavailable: [503, 'Yoti can not be reached'],
  credential_suspect: [503, 'Yoti refuses the credential'],
  unavailable: [503, 'The service is not available right now'],
} as const satisfies Record<string, readonly [number, string]>;

/** A stable machine-readable code. */
export type ErrorCode = keyof typeof errorCodes;

/** One wrong place in a request. */
export interface FieldError {
  /** JSON pointer into the body, or the name of the parameter. */
  path: string;
  message: string;
}

/** An error that is meant for the caller: it becomes a problem document (RFC 9457). */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;

  constructor(
    readonly code: ErrorCode,
    /** Human sentence; never a secret, never personal data. */
    readonly detail?: string,
    readonly extra: { errors?: FieldError[]; retryAfterSeconds?: number } = {},
  ) {
    super(detail ?? errorCodes[code][1]);
    this.status = errorCodes[code][0];
  }
}

/** The same answer whether an object doesn't exist or belongs to another tenant. */
export const notFound = (): ApiError => new ApiError('not_found');
