import {
  amount,
  flag,
  generated,
  holder,
  id,
  listOf,
  openText,
  part,
  properties,
  smallPart,
  text,
  texts,
  times,
  timestamps,
} from './map-result-parts.js';

const recommendation = smallPart(
  { value: openText, reason: text, recovery_suggestion: text },
  ({ recovery_suggestion, ...rest }) => ({ ...rest, recoverySuggestion: recovery_suggestion }),
);

const subCheck = smallPart(
  {
    sub_check: openText,
    result: openText,
    process: text,
    details: listOf(smallPart({ name: openText, value: openText }, (wire) => wire)),
  },
  ({ sub_check, ...rest }) => ({ subCheck: sub_check, ...rest }),
);

const sources = smallPart(
  { type: text, search_profile: text, types: texts },
  ({ type, search_profile, types }) => ({ type, searchProfile: search_profile, types }),
);

const matchingStrategy = smallPart(
  { type: text, exact_match: flag, fuzziness: amount },
  ({ type, exact_match, fuzziness }) => ({ type, exactMatch: exact_match, fuzziness }),
);

const searchConfig = smallPart(
  {
    type: text,
    categories: texts,
    remove_deceased: flag,
    share_url: flag,
    sources: sources.nullish(),
    matching_strategy: matchingStrategy.nullish(),
    monitoring: flag,
    tags: properties,
    client_ref: text,
  },
  (wire) => ({
    type: wire.type,
    categories: wire.categories,
    removeDeceased: wire.remove_deceased,
    shareUrl: wire.share_url,
    sources: wire.sources ?? null,
    matchingStrategy: wire.matching_strategy ?? null,
    monitoring: wire.monitoring,
    tags: wire.tags,
    clientRef: wire.client_ref,
  }),
);

const watchlistSummary = smallPart(
  {
    total_hits: amount,
    search_config: searchConfig.nullish(),
    raw_results: holder,
    associated_country_codes: texts,
  },
  (wire) => ({
    totalHits: wire.total_hits,
    searchConfig: wire.search_config ?? null,
    rawResults: wire.raw_results,
    associatedCountryCodes: wire.associated_country_codes,
  }),
);

const report = part(
  {
    recommendation: recommendation.nullish(),
    breakdown: listOf(subCheck),
    watchlist_summary: watchlistSummary.nullish(),
  },
  (wire) => wire,
);

/** Yoti: checks and their reports. What a report holds beyond its known parts joins the check's own `other`. */
export const check = part(
  {
    id,
    type: id,
    state: openText,
    resources_used: listOf(id),
    generated_media: generated,
    generated_profile: holder,
    scheme: text,
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
    watchlistSummary: wire.report?.watchlist_summary ?? null,
    generatedMedia: wire.generated_media,
    generatedProfile: wire.generated_profile,
    scheme: wire.scheme,
    ...times(wire),
    reportOther: wire.report?.other ?? {},
  }),
).transform(({ reportOther, other, ...rest }) => ({ ...rest, other: { ...other, ...reportOther } }));

const taskReason = smallPart({ value: text, detail: text }, (wire) => wire);

const taskRecommendation = smallPart(
  { value: openText, reason: taskReason.nullish() },
  ({ value, reason }) => ({
    value,
    reason: reason?.value ?? null,
    detail: reason?.detail ?? null,
    reasonOther: reason?.other,
  }),
).transform(({ reasonOther, other, ...rest }) => {
  const all = { ...other, ...reasonOther };
  return { ...rest, ...(Object.keys(all).length > 0 ? { other: all } : {}) };
});

/** Yoti: tasks. */
export const task = part(
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
