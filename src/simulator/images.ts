import { z } from 'zod';
import { ServiceError } from './errors.js';
import type { MediaContent } from './specimen/media.js';

/** An image as the client sends it: base64 without a data URI prefix. */
export const imageSchema = z.strictObject({ data: z.base64().min(1) });

const SIGNATURES: [contentType: string, start: number[]][] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
];

/** Recognises an image by its first bytes. @throws ServiceError 400 `UNPROCESSABLE_MEDIA` for anything but JPEG and PNG */
export function readImage(bytes: Buffer): MediaContent {
  const known = SIGNATURES.find(([, start]) => start.every((byte, index) => bytes[index] === byte));
  if (!known) throw new ServiceError(400, 'UNPROCESSABLE_MEDIA', 'The media is not a JPEG or PNG image');
  return { contentType: known[0], bytes };
}
