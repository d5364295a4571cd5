import { words } from '../../ui/words';
import classes from './check-tree.module.css';

type Other = Record<string, unknown> | undefined;

/** Parts of Yoti's answer that nobody foresaw, as they came. Nothing is shown when there are none. */
export function Leftovers({ other, title = 'Also told by Yoti' }: { other: Other; title?: string }) {
  const parts = Object.entries(other ?? {});
  if (parts.length === 0) return null;
  return (
    <dl className={classes.leftovers} aria-label={title}>
      {parts.map(([name, value]) => (
        <div key={name}>
          <dt>{words(name) || name}</dt>
          <dd>{typeof value === 'string' ? value : <Json value={value} />}</dd>
        </div>
      ))}
    </dl>
  );
}

const Json = ({ value }: { value: unknown }) => (
  <pre className={classes.json} tabIndex={0}>
    {JSON.stringify(value, null, 2)}
  </pre>
);
