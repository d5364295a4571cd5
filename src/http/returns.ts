import { applyDecorators, HttpCode, SerializeOptions } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { ErrorCode } from './api-error.js';

/** Extension that lists an operation's own error codes; the document builder turns it into responses. */
export const ERRORS_EXTENSION = 'x-errors';

/** Status, documented body, and the fields that may leave the server. */
export const Returns = (schema: z.ZodType, status = 200, description = 'Done'): MethodDecorator =>
  applyDecorators(
    HttpCode(status),
    SerializeOptions({ schema }),
    ApiResponse({ status, description, standardSchema: schema }),
  );

/** An answer without a body. */
export const ReturnsNothing = (): MethodDecorator =>
  applyDecorators(HttpCode(204), ApiResponse({ status: 204, description: 'Done' }));

/** What the operation does, in one line and, where one line isn't enough, a paragraph. */
export const Describe = (summary: string, description?: string): MethodDecorator =>
  ApiOperation({ summary, description });

/** The errors a caller of this operation should handle, apart from those every operation can answer. */
export const Fails = (...codes: ErrorCode[]): MethodDecorator => ApiExtension(ERRORS_EXTENSION, codes);
