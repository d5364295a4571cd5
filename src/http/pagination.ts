import { z } from 'zod';
import { ApiError } from './api-error.js';

/** Query parameters of every list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(200).optional().describe('Page size, 50 unless given'),
  after: z.string().max(200).optional().describe('Cursor: the `next` of the page before'),
};

export const pageQuerySchema = z.strictObject(pageQuery);

const DEFAULT_LIMIT = 50;
/** Before every id. */
const BEGINNING = '00000000-0000-0000-0000-000000000000';

const cursorOf = (id: string): string => Buffer.from(id, 'utf8').toString('base64url');

/** The schema of a page of items. The item's example is that of the page too. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z
    .object({
      items: z.array(item).describe('This page'),
      next: z.string().nullable().describe('Cursor of the next page, null on the last'),
    })
    .meta({ example: { items: [item.meta()?.example], next: null } });

/** The schema of a page of a feed, which has no last page: what follows is asked for later. */
export const feedOf = <Item extends z.ZodType<{ id: string }>>(item: Item) => {
  const example = item.meta()?.example as { id: string } | undefined;
  return z
    .object({
      items: z.array(item).describe('This page; it may be empty, and with a filter also before the end'),
      next: z
        .string()
        .describe(
          'Cursor to go on from, always: ask with it at once, or later when it is the one you asked with, which means that there is nothing new',
        ),
    })
    .meta({ example: { items: [example], next: cursorOf(example?.id ?? BEGINNING) } });
};

/** What a list query needs: rows to fetch, and the id to go on from. */
export interface Page {
  limit: number;
  /** Ids are UUIDv7, so the order of ids is the order of creation. */
  afterId: string | null;
}

/** @throws ApiError invalid_request for a cursor that this API didn't make */
export function readPage(query: { limit?: number; after?: string }): Page {
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (query.after === undefined) return { limit, afterId: null };
  const id = Buffer.from(query.after, 'base64url').toString('utf8');
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id)) {
    throw new ApiError('invalid_request', 'The cursor is not valid.', {
      errors: [{ path: 'after', message: 'Use the `next` of the page before.' }],
    });
  }
  return { limit, afterId: id };
}

/**
 * Makes a page from one row more than was asked for.
 *
 * @param rows at most `limit + 1` rows in list order
 */
export function toPage<Row extends { id: string }, Item>(
  rows: Row[],
  limit: number,
  toItem: (row: Row) => Item,
): { items: Item[]; next: string | null } {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last ? cursorOf(last.id) : null;
  return { items: items.map(toItem), next };
}

/**
 * Makes a page of a feed.
 *
 * @param rows in the order of the feed
 * @param lastId where the reader goes on; null before anything has happened
 */
export function toFeedPage<Row, Item>(
  rows: Row[],
  lastId: string | null,
  toItem: (row: Row) => Item,
): { items: Item[]; next: string } {
  return { items: rows.map(toItem), next: cursorOf(lastId ?? BEGINNING) };
}
