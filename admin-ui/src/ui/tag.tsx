import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './tag.module.css';

export type Tone = 'green' | 'red' | 'amber' | 'blue' | 'gray';

/** A short state in words, with a colour and an icon that say the same. */
export function Tag({
  tone = 'gray',
  icon: Icon,
  children,
}: {
  tone?: Tone;
  icon?: Icon;
  children: ReactNode;
}) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {Icon && <Icon size={13} stroke={2.2} aria-hidden />}
      <span className={classes.text}>{children}</span>
    </span>
  );
}
