/** One entry of an error's `errors`: `property` is a JSON path of the request body or a header name. */
export interface PropertyError {
  property: string;
  message: string;
}

/** A documented refusal of the service: HTTP status, stable code, sentence, and the properties at fault. */
export class ServiceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly errors?: PropertyError[],
  ) {
    super(message);
  }

  /** The wire body. `errors` is an array or absent, never null: the Node SDK hangs on anything else. */
  toBody(withMessage: boolean): Record<string, unknown> {
    return {
      code: this.code,
      ...(withMessage && { message: this.message }),
      ...(this.errors && { errors: this.errors }),
    };
  }
}

export const payloadValidation = (errors: PropertyError[]) =>
  new ServiceError(400, 'PAYLOAD_VALIDATION', 'There were errors validating the payload', errors);

export const malformedRequest = (property: string, message: string) =>
  new ServiceError(400, 'MALFORMED_REQUEST', 'The request is malformed', [{ property, message }]);

export const notFound = (code: string, what: string) =>
  new ServiceError(404, code, `${what} could not be found`);

export const conflict = (code: string, message: string) => new ServiceError(409, code, message);

export const unauthorised = (code: string, message: string) => new ServiceError(401, code, message);
