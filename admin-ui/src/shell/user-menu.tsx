import { Avatar, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconBook2,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/client';
import type { Me, Membership } from '../api/me';
import { queryClient } from '../api/query-client';
import { forgetTenant } from '../api/tenant';
import { words } from '../ui/words';
import classes from './shell.module.css';

interface Props {
  me: Me;
  membership: Membership | null;
  onHelp: () => void;
}

export function UserMenu({ me, membership, onHelp }: Props) {
  const navigate = useNavigate();

  async function logOut() {
    await api.POST('/v1/auth/logout');
    queryClient.clear();
    forgetTenant();
    await navigate({ to: '/login' });
  }

  return (
    <Menu position="right-end" width={250}>
      <Menu.Target>
        <UnstyledButton className={classes.user}>
          <Avatar
            size={28}
            radius="xl"
            name={me.name}
            classNames={{ placeholder: classes.avatar }}
            aria-hidden
          />
          <span className={classes.userText}>
            <Text component="div" size="sm" fw={560}>
              {me.name}
            </Text>
            <Text component="div" size="xs" c="dimmed">
              {membership ? words(membership.role) : 'Operator'}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{me.email}</Menu.Label>
        <ColourSwitch />
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={16} />} rightSection="?" onClick={onHelp}>
          Keyboard
        </Menu.Item>
        <Menu.Item
          leftSection={<IconBook2 size={16} />}
          component="a"
          href="/docs"
          target="_blank"
          rel="noreferrer"
        >
          API documentation
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function ColourSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      fullWidth
      size="xs"
      m={6}
      aria-label="Colours"
      value={colorScheme}
      onChange={(value) => setColorScheme(value)}
      data={[
        { value: 'auto', label: <IconDeviceDesktop size={16} aria-label="As the system" /> },
        { value: 'light', label: <IconSun size={16} aria-label="Light" /> },
        { value: 'dark', label: <IconMoon size={16} aria-label="Dark" /> },
      ]}
    />
  );
}
