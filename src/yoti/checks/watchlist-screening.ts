import yoti from 'yoti';
import { z } from 'zod';
import { allIdDocuments } from './captured-resources.js';
import { defineCheck, neverManualSchema } from './define-check.js';
import {
  simulateWatchlist,
  watchlistReasons,
  watchlistSubChecks,
  watchlistSummary,
} from './simulated-watchlist.js';
import { withFields } from './with-fields.js';

const settings = z
  .strictObject({
    type: z.literal('WATCHLIST_SCREENING').describe('Is the person on a watchlist?'),
    categories: z
      .array(z.string().min(1).max(64))
      .max(16)
      .describe("What is searched, in Yoti's spelling: SANCTIONS, ADVERSE-MEDIA."),
    manualCheck: neverManualSchema,
  })
  .meta({ id: 'WatchlistScreeningCheck' });

const wire = z
  .looseObject({
    categories: z.array(z.string().min(1)).optional(),
    manual_check: z.literal('NEVER').optional(),
  })
  .optional();

/** Categories that Yoti names. */
export const watchlistCategories: ReadonlySet<string> = new Set(['ADVERSE-MEDIA', 'SANCTIONS']);

const sanctionLists = ['sanction', 'warning', 'fitness_probity', 'pep'] as const;

function listsOf(config: unknown): [string, ...string[]] {
  const categories = wire.safeParse(config).data?.categories ?? [];
  const media = categories.includes('ADVERSE-MEDIA');
  if (media && !categories.includes('SANCTIONS')) return ['adverse_media'];
  return [...sanctionLists, ...(media || categories.length === 0 ? ['adverse_media'] : [])];
}

/** Yoti: watchlist screening. Looks the extracted name and date of birth up on sanctions lists and in the press. */
export const watchlistScreening = defineCheck({
  type: 'WATCHLIST_SCREENING',
  title: 'Watchlist screening',
  description: 'Looks the person up on lists of sanctions and in adverse media.',
  settings,
  wire,
  needs: { text: true },
  runsOn: allIdDocuments,
  toYoti({ categories, manualCheck }) {
    const builder = new yoti.RequestedWatchlistScreeningCheckBuilder();
    for (const category of categories) builder.withCategory(category);
    return withFields(builder.build(), { config: manualCheck && { manual_check: manualCheck } });
  },
  subChecks: watchlistSubChecks,
  reasons: watchlistReasons,
  simulate: (verdict, { config }) => simulateWatchlist(verdict, listsOf(config)),
  summarise: (config, facts) => watchlistSummary({ categories: config?.categories ?? [] }, facts),
});
