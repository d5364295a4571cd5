import { Box, Button, Stack, Table, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck, IconRefresh } from '@tabler/icons-react';
import { useMe } from '../../api/me';
import { TextLink } from '../../ui/links';
import { Panel } from '../../ui/page';
import { Nothing, ProblemNote } from '../../ui/states';
import { Age } from '../../ui/time';
import { plural, words } from '../../ui/words';
import { type Inbox, type ParkedItem, type Replay, useReplay } from './queries';

const nouns = { sessions: 'session', deliveries: 'delivery' } as const;
const manyNouns = { sessions: 'sessions', deliveries: 'deliveries' } as const;

/** What the server has given up, and a button for each to take it up again. */
export function Parked({ parked: { count, items } }: { parked: Inbox['parked'] }) {
  const { can } = useMe();
  const replay = useReplay();
  const run = (body: Replay) =>
    replay.mutate(body, {
      onSuccess: ({ replayed }) =>
        notifications.show({
          message: `${plural(replayed, nouns[body.kind], manyNouns[body.kind])} taken up again.`,
        }),
    });
  const mayReplay = can('notifications:write');
  const kinds = (['sessions', 'deliveries'] as const).filter((kind) =>
    items.some((item) => item.kind === kind),
  );
  return (
    <Panel
      title="Given up"
      flush
      actions={
        mayReplay &&
        kinds.map((kind) => (
          <Button
            key={kind}
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={replay.isPending && replay.variables.kind === kind && !replay.variables.id}
            onClick={() => run({ kind })}
          >
            Replay all {manyNouns[kind]}
          </Button>
        ))
      }
    >
      {replay.error && (
        <Box p="md">
          <ProblemNote error={replay.error} />
        </Box>
      )}
      {count === 0 ? (
        <Nothing icon={IconCircleCheck} title="Nothing was given up">
          Sessions and deliveries that keep failing stand here with the reason, until somebody replays them.
        </Nothing>
      ) : (
        <Stack gap={0}>
          <ParkedTable items={items} pending={replay.isPending} onReplay={mayReplay ? run : undefined} />
          {count > items.length && <Box p="md">And {count - items.length} more.</Box>}
        </Stack>
      )}
    </Panel>
  );
}

interface TableProps {
  items: ParkedItem[];
  pending: boolean;
  onReplay: ((body: Replay) => void) | undefined;
}

const ParkedTable = ({ items, pending, onReplay }: TableProps) => (
  <Table fz="sm" verticalSpacing={7} horizontalSpacing="md" aria-label="Given up">
    <Table.Thead>
      <Table.Tr>
        <Table.Th>What</Table.Th>
        <Table.Th>Why</Table.Th>
        <Table.Th>Since</Table.Th>
        <Table.Th>
          <VisuallyHidden>Actions</VisuallyHidden>
        </Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {items.map((item) => (
        <Table.Tr key={item.id}>
          <Table.Td>
            <ParkedLink item={item} />
          </Table.Td>
          <Table.Td>{/\s/.test(item.reason) ? item.reason : words(item.reason)}</Table.Td>
          <Table.Td>{item.parkedAt && <Age since={item.parkedAt} suffix=" ago" />}</Table.Td>
          <Table.Td ta="right">
            {onReplay && (
              <Button
                size="compact-xs"
                variant="subtle"
                disabled={pending}
                aria-label={`Replay ${nouns[item.kind]} ${item.id}`}
                onClick={() => onReplay({ kind: item.kind, id: item.id })}
              >
                Replay
              </Button>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

const ParkedLink = ({ item: { kind, id } }: { item: ParkedItem }) =>
  kind === 'sessions' ? (
    <TextLink to="/sessions/$sessionId" params={{ sessionId: id }}>
      Session {id}
    </TextLink>
  ) : (
    <TextLink to="/deliveries/$deliveryId" params={{ deliveryId: id }}>
      Delivery {id}
    </TextLink>
  );
