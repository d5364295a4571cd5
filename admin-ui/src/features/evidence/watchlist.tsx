import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMe } from '../../api/me';
import { Facts } from '../../ui/facts';
import { Loading, ProblemNote } from '../../ui/states';
import { words } from '../../ui/words';
import classes from './check-tree.module.css';
import { Leftovers } from './leftovers';
import { jsonMediaQuery, type WatchlistSummary } from './queries';

/** What a watchlist check searched and found; the hits themselves on demand. */
export function Watchlist({ sessionId, summary }: { sessionId: string; summary: WatchlistSummary }) {
  const { can } = useMe();
  const { totalHits, associatedCountryCodes: countries, rawResults, searchConfig } = summary;
  return (
    <div className={classes.summary}>
      <Facts
        items={[
          ['Hits', totalHits ?? 'Not told'],
          ['Countries', countries.length > 0 ? countries.join(', ') : null],
          ...searchFacts(searchConfig),
        ]}
      />
      <Leftovers other={{ ...summary.other, ...searchConfig?.other }} />
      {rawResults && can('media:read') && <Hits sessionId={sessionId} mediaId={rawResults.id} />}
    </div>
  );
}

function searchFacts(search: WatchlistSummary['searchConfig']): [string, string | null][] {
  if (!search) return [];
  const {
    type,
    categories,
    sources,
    matchingStrategy: matching,
    removeDeceased,
    monitoring,
    clientRef,
  } = search;
  const looked = [...categories, ...(sources?.types ?? [])].map(words);
  const fuzziness = matching?.fuzziness ? ` (${matching.fuzziness})` : '';
  return [
    ['Account', type && words(type)],
    ['Lists', looked.length > 0 ? looked.join(', ') : null],
    ['Search profile', sources?.searchProfile ?? null],
    ['Matching', matching?.type ? words(matching.type) + fuzziness : null],
    ['Deceased people', removeDeceased === null ? null : removeDeceased ? 'Left out' : 'Included'],
    ['Monitoring', monitoring === null ? null : monitoring ? 'Goes on' : 'Once'],
    ['Reference', clientRef],
  ];
}

function Hits({ sessionId, mediaId }: { sessionId: string; mediaId: string }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...jsonMediaQuery(sessionId, mediaId), enabled: open });
  if (!open) {
    return (
      <Button size="compact-xs" variant="default" mt={8} onClick={() => setOpen(true)}>
        Show the hits
      </Button>
    );
  }
  if (query.error) return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  return (
    <pre className={classes.json} tabIndex={0} aria-label="Hits">
      {query.data ?? 'Yoti may not return them.'}
    </pre>
  );
}
