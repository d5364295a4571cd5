import { Group, Kbd, Modal, SimpleGrid, Stack, Text } from '@mantine/core';
import { type ShortcutGroup, useKeyboard } from '../ui/keyboard';

const names: Record<string, string> = {
  mod: navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl',
  Enter: '↵',
  Escape: 'Esc',
  ' ': 'Space',
};

/** Every key that works on the page right now. */
export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const keyboard = useKeyboard();
  const groups = opened ? keyboard.active().filter(({ shortcuts }) => shortcuts.length > 0) : [];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="lg">
      <SimpleGrid cols={2} spacing="xl">
        {groups.toReversed().map((group) => (
          <Keys key={group.title} group={group} />
        ))}
      </SimpleGrid>
    </Modal>
  );
}

function Keys({ group: { title, shortcuts } }: { group: ShortcutGroup }) {
  return (
    <Stack gap={8}>
      <Text component="h3" size="sm" fw={620}>
        {title}
      </Text>
      {shortcuts.map(({ keys, label }) => (
        <Group key={keys} justify="space-between" wrap="nowrap" gap="md">
          <Text size="sm">{label}</Text>
          <Group gap={4} wrap="nowrap">
            {keys.split(/[ ](?=\S)|\+(?=.)/).map((key) => (
              <Kbd key={key} size="xs">
                {names[key] ?? key}
              </Kbd>
            ))}
          </Group>
        </Group>
      ))}
    </Stack>
  );
}
