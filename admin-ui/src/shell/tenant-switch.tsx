import { Menu, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import type { Me, Membership } from '../api/me';
import { rememberTenant } from '../api/tenant';
import { words } from '../ui/words';
import { leaveFor } from './leave';
import shell from './shell.module.css';
import classes from './tenant-switch.module.css';

interface Props {
  me: Me;
  current: Membership | null;
  rail: boolean;
}

/** Which tenant this tab acts in; a menu for people with several memberships. */
export function TenantSwitch({ me, current, rail }: Props) {
  if (!current) return null;
  const mark = (
    <span className={classes.mark} aria-hidden>
      {current.name.charAt(0)}
    </span>
  );
  const name = (
    <span className={`${classes.text} ${shell.label}`}>
      <span className={classes.name}>{current.name}</span>
      <span className={classes.role}>{words(current.role)}</span>
    </span>
  );
  if (me.memberships.length === 1) {
    return (
      <div className={classes.box} title={rail ? current.name : undefined}>
        {mark}
        {name}
      </div>
    );
  }

  /** Nothing read in one tenant may be seen in another, so the page starts anew and forgets every answer. */
  function change(tenantId: string) {
    rememberTenant(tenantId);
    leaveFor('');
  }

  return (
    <Menu position="bottom-start" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.box} data-button title="Act in another tenant">
          {mark}
          {name}
          <IconChevronDown className={shell.chevron} size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Act in</Menu.Label>
        {me.memberships.map(({ tenantId, name: label, role }) => (
          <Menu.Item
            key={tenantId}
            rightSection={tenantId === current.tenantId && <IconCheck size={15} aria-label="current" />}
            onClick={() => change(tenantId)}
          >
            {label}
            <Text size="xs" c="dimmed">
              {words(role)}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
