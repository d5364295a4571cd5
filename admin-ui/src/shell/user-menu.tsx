import {
  Avatar,
  type MantineColorScheme,
  Menu,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import {
  type Icon,
  IconBook2,
  IconDeviceDesktop,
  IconKeyboard,
  IconLock,
  IconLogout,
  IconMoon,
  IconSun,
} from '@tabler/icons-react';
import { useDisclosure } from '@mantine/hooks';
import { api } from '../api/client';
import type { Me, Membership } from '../api/me';
import { forgetTenant } from '../api/tenant';
import { words } from '../ui/words';
import { ChangePasswordModal } from './change-password';
import { leaveFor } from './leave';
import classes from './shell.module.css';

interface Props {
  me: Me;
  membership: Membership | null;
  onHelp: () => void;
}

export function UserMenu({ me, membership, onHelp }: Props) {
  const [changing, password] = useDisclosure();

  async function logOut() {
    await api.POST('/v1/auth/logout');
    forgetTenant();
    leaveFor('login');
  }

  return (
    <>
      <ChangePasswordModal opened={changing} onClose={password.close} />
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
          <Menu.Divider />
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
          <Menu.Item leftSection={<IconLock size={16} />} onClick={password.open}>
            Change password…
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void logOut()}>
            Log out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

const schemes: { value: MantineColorScheme; label: string; icon: Icon }[] = [
  { value: 'auto', label: 'Colours of the system', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
];

function ColourSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
      {schemes.map(({ value, label, icon: SchemeIcon }) => (
        <Menu.RadioItem key={value} value={value} rightSection={<SchemeIcon size={16} aria-hidden />}>
          {label}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}
