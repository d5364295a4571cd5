import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import classes from './page.module.css';

interface PageProps {
  title: string;
  subtitle?: ReactNode;
  /** Beside the title, such as a state. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** Between header and body, such as filters. */
  bar?: ReactNode;
  /** The body takes the height that is left and scrolls inside, as tables do. */
  fill?: boolean;
  children: ReactNode;
}

/** The frame of every page. */
export function Page({ title, subtitle, aside, actions, bar, fill = false, children }: PageProps) {
  useDocumentTitle(`${title} · Countersign`);
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <div>
          <h1 className={classes.title}>{title}</h1>
          {subtitle && <div className={classes.subtitle}>{subtitle}</div>}
        </div>
        {aside}
        {actions && <div className={classes.actions}>{actions}</div>}
      </header>
      {bar && <div className={classes.bar}>{bar}</div>}
      <div className={fill ? classes.fill : classes.body}>{children}</div>
    </div>
  );
}

interface PanelProps {
  title: string;
  actions?: ReactNode;
  /** Without padding, for tables and lists that bring their own. */
  flush?: boolean;
  children: ReactNode;
}

/** A titled box. */
export function Panel({ title, actions, flush = false, children }: PanelProps) {
  return (
    <section className={classes.panel} aria-label={title}>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>{title}</h2>
        <div className={classes.actions}>{actions}</div>
      </div>
      <div className={flush ? undefined : classes.panelBody}>{children}</div>
    </section>
  );
}
