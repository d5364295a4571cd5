import catalog from 'virtual:catalog';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { Loaded } from '../../ui/states';
import { formatDateTime } from '../../ui/words';
import { words } from '../../ui/words';
import { timelineQuery } from './queries';
import classes from './timeline.module.css';

type Entry = Schemas['Timeline']['items'][number];

/** What happened, latest first. */
export function Timeline({ sessionId, live }: { sessionId: string; live: boolean }) {
  const query = useQuery(timelineQuery(sessionId, live));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <ol className={classes.list} aria-label="Timeline, latest first">
          {items.toReversed().map((entry) => (
            <li key={`${entry.at} ${entry.kind} ${entry.name}`} className={classes.entry} data-kind={entry.kind}>
              <div className={classes.name}>{entryWords(entry)}</div>
              <div className={classes.meta}>
                <time dateTime={entry.at}>{formatDateTime(entry.at)}</time> · {actorWords(entry)}
              </div>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

function entryWords({ kind, name }: Entry): string {
  if (kind === 'notification') return `Notification: ${words(name).toLowerCase()}`;
  return catalog.events[name] ?? words(name);
}

const actors: Record<string, string> = {
  api_key: 'API key',
  user: 'a colleague',
  operator: 'the operator',
  person: 'the person',
  yoti: 'Yoti',
  system: 'Countersign',
};

const actorWords = ({ actor: { type } }: Entry): string => actors[type] ?? words(type);
