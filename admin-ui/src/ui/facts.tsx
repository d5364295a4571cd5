import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Labelled values. A value that is null or undefined is left out. */
export function Facts({ items }: { items: [label: string, value: ReactNode][] }) {
  const told = items.filter(([, value]) => value !== null && value !== undefined);
  return (
    <dl className={classes.facts}>
      {told.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
