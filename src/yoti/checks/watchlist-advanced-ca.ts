import yoti from 'yoti';
import { z } from 'zod';
import { allIdDocuments } from './captured-resources.js';
import type { SecretLookup } from './define-check.js';
import { defineCheck } from './define-check.js';
import {
  simulateWatchlist,
  watchlistReasons,
  watchlistSubChecks,
  watchlistSummary,
} from './simulated-watchlist.js';

const sourcesSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({
        kind: z.literal('TYPE_LIST').describe('Kinds of lists.'),
        types: z
          .array(z.string().min(1).max(64))
          .max(64)
          .describe("Kinds of lists in Yoti's spelling, such as sanction or pep-class-1; all when empty."),
      })
      .meta({ id: 'WatchlistTypeSources' }),
    z
      .strictObject({
        kind: z.literal('PROFILE').describe('A search profile that was set up at ComplyAdvantage.'),
        searchProfile: z.string().min(1).max(256).describe('Name of the search profile.'),
      })
      .meta({ id: 'WatchlistProfileSources' }),
  ])
  .meta({ id: 'WatchlistSources' });

const matchingSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('EXACT').describe('Names have to be the same.') })
      .meta({ id: 'ExactMatching' }),
    z
      .strictObject({
        kind: z.literal('FUZZY').describe('Names may differ a little.'),
        fuzziness: z
          .number()
          .min(0)
          .max(1)
          .optional()
          .describe('How much, from 0 (not at all) to 1; 0.5 when left out.'),
      })
      .meta({ id: 'FuzzyMatching' }),
  ])
  .meta({ id: 'WatchlistMatching' });

const customAccountSchema = z
  .strictObject({
    apiKeySecret: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,62}$/, 'Lower case letters, digits and . _ - only, at most 63.')
      .describe(
        "Name of the tenant's secret that holds the account's API key. The key itself is never here.",
      ),
    clientRef: z.string().min(1).max(256).describe('Your reference for the search at ComplyAdvantage.'),
    monitoring: z.boolean().optional().describe('Whether the search goes on after the session.'),
    tags: z
      .record(z.string().min(1).max(64), z.string().max(256))
      .optional()
      .describe('Tags of the search at ComplyAdvantage.'),
  })
  .meta({ id: 'CustomWatchlistAccount' });

const settings = z
  .strictObject({
    type: z.literal('WATCHLIST_ADVANCED_CA').describe('Is the person on a list of ComplyAdvantage?'),
    removeDeceased: z.boolean().optional().describe('Whether people who have died are left out.'),
    shareUrl: z.boolean().optional().describe("Whether the result has a link to ComplyAdvantage's page."),
    sources: sourcesSchema.optional().describe('Where to look; everywhere when left out.'),
    matching: matchingSchema.optional().describe('How names are compared; EXACT when left out.'),
    customAccount: customAccountSchema
      .optional()
      .describe("Your own account at ComplyAdvantage; Yoti's when left out."),
  })
  .meta({ id: 'WatchlistAdvancedCheck' });

type Settings = z.infer<typeof settings>;
type CustomAccount = z.infer<typeof customAccountSchema>;

const wireShape = {
  remove_deceased: z.boolean().optional(),
  share_url: z.boolean().optional(),
  sources: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('TYPE_LIST'), types: z.array(z.string()).optional() }),
      z.looseObject({ type: z.literal('PROFILE'), search_profile: z.string().min(1) }),
    ])
    .optional(),
  matching_strategy: z
    .discriminatedUnion('type', [
      z.looseObject({ type: z.literal('EXACT'), exact_match: z.boolean().optional() }),
      z.looseObject({ type: z.literal('FUZZY'), fuzziness: z.number().min(0).max(1).optional() }),
    ])
    .optional(),
};

const wire = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('WITH_YOTI_ACCOUNT'), ...wireShape }),
  z.looseObject({
    type: z.literal('WITH_CUSTOM_ACCOUNT'),
    api_key: z.string().min(1),
    client_ref: z.string().min(1),
    monitoring: z.boolean().optional(),
    tags: z
      .record(
        z.string(),
        z.unknown().refine((value) => value !== null, 'must not be null'),
      )
      .optional(),
    ...wireShape,
  }),
]);

type WireConfig = z.infer<typeof wire>;

/** Kinds of lists that Yoti names. */
export const watchlistTypes: ReadonlySet<string> = new Set(
  (
    'sanction warning fitness-probity pep pep-class-1 pep-class-2 pep-class-3 pep-class-4 adverse-media ' +
    'adverse-media-financial-crime adverse-media-violent-crime adverse-media-sexual-crime adverse-media-terrorism ' +
    'adverse-media-fraud adverse-media-narcotics adverse-media-general'
  ).split(' '),
);

interface ConfigBuilder {
  withRemoveDeceased(remove: boolean): unknown;
  withShareUrl(share: boolean): unknown;
  withSources(sources: ReturnType<typeof compileSources>): unknown;
  withMatchingStrategy(strategy: ReturnType<typeof compileMatching>): unknown;
}

function compileSources(sources: NonNullable<Settings['sources']>) {
  return sources.kind === 'PROFILE'
    ? new yoti.RequestedSearchProfileSourcesBuilder().withSearchProfile(sources.searchProfile).build()
    : new yoti.RequestedTypeListSourcesBuilder().withTypes(sources.types).build();
}

function compileMatching(matching: NonNullable<Settings['matching']>) {
  if (matching.kind === 'EXACT') return new yoti.RequestedExactMatchingStrategyBuilder().build();
  const builder = new yoti.RequestedFuzzyMatchingStrategyBuilder();
  return (matching.fuzziness === undefined ? builder : builder.withFuzziness(matching.fuzziness)).build();
}

function withSearch<Builder extends ConfigBuilder>(builder: Builder, search: Settings): Builder {
  const { removeDeceased, shareUrl, sources, matching } = search;
  if (removeDeceased !== undefined) builder.withRemoveDeceased(removeDeceased);
  if (shareUrl !== undefined) builder.withShareUrl(shareUrl);
  if (sources !== undefined) builder.withSources(compileSources(sources));
  if (matching !== undefined) builder.withMatchingStrategy(compileMatching(matching));
  return builder;
}

function customAccountBuilder(account: CustomAccount, secret: SecretLookup) {
  const { apiKeySecret, clientRef, monitoring, tags } = account;
  const builder = new yoti.RequestedCustomAccountWatchlistAdvancedCaConfigBuilder()
    .withApiKey(secret(apiKeySecret))
    .withClientRef(clientRef);
  if (monitoring !== undefined) builder.withMonitoring(monitoring);
  if (tags !== undefined) builder.withTags(tags);
  return builder;
}

const allLists = ['sanction', 'warning', 'fitness_probity', 'pep', 'adverse_media'] as const;

function listsOf(config: unknown): readonly [string, ...string[]] {
  const sources = wire.safeParse(config).data?.sources;
  if (sources?.type === 'PROFILE') return ['custom_search'];
  const types = sources?.types ?? [];
  const [first, ...rest] = allLists.filter((list) =>
    types.some((type) => type.replaceAll('-', '_').startsWith(list)),
  );
  return first === undefined ? allLists : [first, ...rest];
}

/** What Yoti's answer says about the search. The SDK's parser insists on the booleans. */
function searchConfig(config: WireConfig): Record<string, unknown> {
  const strategy = config.matching_strategy;
  return {
    remove_deceased: false,
    share_url: false,
    sources: { type: 'TYPE_LIST', types: [] },
    ...config,
    matching_strategy:
      strategy?.type === 'FUZZY'
        ? { type: 'FUZZY', fuzziness: strategy.fuzziness ?? 0.5 }
        : { type: 'EXACT', exact_match: true },
  };
}

/** Yoti: advanced watchlist screening with ComplyAdvantage, on Yoti's account or the tenant's own. */
export const watchlistAdvancedCa = defineCheck({
  type: 'WATCHLIST_ADVANCED_CA',
  title: 'Advanced watchlist screening',
  description: 'Looks the person up on the lists of ComplyAdvantage.',
  settings,
  wire,
  needs: { text: true },
  runsOn: allIdDocuments,
  toYoti(search, secret) {
    const builder =
      search.customAccount === undefined
        ? new yoti.RequestedYotiAccountWatchlistAdvancedCaConfigBuilder()
        : customAccountBuilder(search.customAccount, secret);
    const config = withSearch(builder, search).build();
    return new yoti.RequestedWatchlistAdvancedCaCheckBuilder().withConfig(config).build();
  },
  secretNames: ({ customAccount }) => (customAccount === undefined ? [] : [customAccount.apiKeySecret]),
  subChecks: { ...watchlistSubChecks, custom_search: 'The search profile finds nobody.' },
  reasons: watchlistReasons,
  simulate: (verdict, { config }) => simulateWatchlist(verdict, listsOf(config)),
  summarise: (config, facts) => watchlistSummary(searchConfig(config), facts),
});
