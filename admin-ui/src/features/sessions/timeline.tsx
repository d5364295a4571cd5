import catalog from 'virtual:catalog';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../../api/client';
import { useMe } from '../../api/me';
import { Loaded } from '../../ui/states';
import { formatDateTime, words } from '../../ui/words';
import { timelineQuery } from './queries';
import classes from './timeline.module.css';

type Entry = Schemas['Timeline']['items'][number];

/** What happened, latest first. */
export function Timeline({ sessionId, live }: { sessionId: string; live: boolean }) {
  const { me } = useMe();
  const query = useQuery(timelineQuery(sessionId, live));
  return (
    <Loaded query={query}>
      {(items) => (
        <ol className={classes.list} aria-label="Timeline, latest first">
          {fold(items.toReversed()).map(({ entry, times }) => (
            <li
              key={`${entry.at} ${entry.kind} ${entry.name}`}
              className={classes.entry}
              data-kind={entry.kind}
            >
              <div className={classes.name}>
                {entryWords(entry)}
                {times > 1 && <span className={classes.times}> {times} times</span>}
              </div>
              <div className={classes.meta}>
                <time dateTime={entry.at}>{formatDateTime(entry.at)}</time> · {actorWords(entry, me.id)}
              </div>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  );
}

/** The same thing by the same actor several times in a row is one line: looking at a case is many looks. */
function fold(entries: Entry[]): { entry: Entry; times: number }[] {
  const folded: { entry: Entry; times: number }[] = [];
  for (const entry of entries) {
    const last = folded.at(-1);
    const same = last?.entry.name === entry.name && last.entry.actor.id === entry.actor.id;
    if (last && same) last.times += 1;
    else folded.push({ entry, times: 1 });
  }
  return folded;
}

function entryWords({ kind, name }: Entry): string {
  if (kind === 'notification') return `Notification: ${words(name).toLowerCase()}`;
  return catalog.events[name] ?? words(name);
}

const actors: Record<string, string> = {
  api_key: 'an API key',
  user: 'a colleague',
  operator: 'the operator',
  person: 'the person',
  yoti: 'Yoti',
  system: 'Countersign',
};

const actorWords = ({ actor: { type, id } }: Entry, myId: string): string =>
  id === myId ? 'you' : (actors[type] ?? words(type));
