import { Tooltip, VisuallyHidden } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useMatch, useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect } from 'react';
import { useMe } from '../api/me';
import { loginEnded } from '../api/query-client';
import { openCountQuery } from '../features/reviews/queries';
import { useShortcuts } from '../ui/keyboard';
import { KeyboardHelp } from './keyboard-help';
import { leaveFor } from './leave';
import { navigationOf, type NavigationItem } from './navigation';
import classes from './shell.module.css';
import { TenantSwitch } from './tenant-switch';
import { UserMenu } from './user-menu';

/** The frame around every page: where one can go, in which tenant, as whom. */
export function Shell() {
  const { me, membership } = useMe();
  const navigate = useNavigate();
  const groups = navigationOf(me);
  const onCase = useMatch({ from: '/shell/reviews/$reviewId', shouldThrow: false }) !== undefined;
  const narrow = useMediaQuery('(max-width: 1279px)', window.innerWidth < 1280);
  const rail = onCase || narrow;
  const [helpOpen, help] = useDisclosure();
  useLoginEnd();
  useShortcuts('Everywhere', [
    { keys: '?', label: 'Keyboard help', run: help.toggle },
    ...groups
      .flatMap(({ items }) => items)
      .map(({ to, label, key }) => ({
        keys: `g ${key}`,
        label: `Go to ${label}`,
        run: () => void navigate({ to }),
      })),
  ]);
  return (
    <div className={classes.shell} data-rail={rail || undefined}>
      <a className={classes.skip} href="#content">
        Skip to the content
      </a>
      <aside className={classes.side}>
        <Link to="/" className={classes.brand} title="Start page">
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" />
          <span className={classes.label}>Countersign</span>
        </Link>
        <TenantSwitch me={me} current={membership} rail={rail} />
        <nav aria-label="Pages">
          {groups.map(({ title, items }) => (
            <div key={title} className={classes.group}>
              <div className={classes.groupTitle}>{title}</div>
              {items.map((item) => (
                <NavigationLink key={item.to} item={item} rail={rail} />
              ))}
            </div>
          ))}
        </nav>
        <div className={classes.foot}>
          <UserMenu me={me} membership={membership} onHelp={help.open} />
        </div>
      </aside>
      <main className={classes.content} id="content" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <KeyboardHelp opened={helpOpen} onClose={help.close} />
    </div>
  );
}

function NavigationLink({ item: { to, label, icon: Icon }, rail }: { item: NavigationItem; rail: boolean }) {
  return (
    <Tooltip label={label} position="right" disabled={!rail} openDelay={100}>
      <Link to={to} className={classes.item}>
        <Icon size={18} stroke={1.7} aria-hidden />
        <span className={classes.label}>{label}</span>
        {to === '/reviews' && <OpenReviews />}
      </Link>
    </Tooltip>
  );
}

/** How many cases wait, kept roughly current. */
function OpenReviews() {
  const { data } = useQuery(openCountQuery);
  if (!data) return null;
  return (
    <span className={classes.count}>
      {data > 99 ? '99+' : data}
      <VisuallyHidden> open</VisuallyHidden>
    </span>
  );
}

/** Whichever request finds that the log-in has ended, the person lands on the log-in page and comes back after it. */
function useLoginEnd(): void {
  useEffect(() => {
    loginEnded.addEventListener('ended', leave);
    return () => loginEnded.removeEventListener('ended', leave);
  }, []);
}

function leave(): void {
  leaveFor(`login?next=${encodeURIComponent(`/${location.href.split(import.meta.env.BASE_URL)[1] ?? ''}`)}`);
}
