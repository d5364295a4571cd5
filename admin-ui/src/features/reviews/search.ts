import type { Schemas } from '../../api/client';

export type ReviewStatus = Schemas['Review']['status'];

export const reviewStatuses: Record<ReviewStatus, string> = {
  open: 'Open',
  decided: 'Decided',
};

/** The queue's part of the address. */
export function reviewSearch(search: Record<string, unknown>): { status?: ReviewStatus } {
  const status = search.status;
  return typeof status === 'string' && status in reviewStatuses ? { status: status as ReviewStatus } : {};
}
