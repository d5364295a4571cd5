import { SegmentedControl, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Facts } from '../../ui/facts';
import { Page, Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { Age } from '../../ui/time';
import { Parked } from './parked';
import { type Inbox, inboxQuery, type PeriodHours, periods } from './queries';

const kinds = { sessions: 'Asking Yoti about sessions', deliveries: 'Sending webhooks' } as const;

/** Whether Yoti's notifications arrive, how far the work behind them is, and what was given up. */
export function OperationsPage() {
  const [hours, setHours] = useState<PeriodHours>(24);
  const query = useQuery(inboxQuery(hours));
  return (
    <Page title="Operations" subtitle="What arrives from Yoti, what is due, and what the server has given up">
      <Stack gap="md" maw={1080}>
        <Loaded query={query} loading={<Skeleton h={420} aria-label="Loading" role="status" />}>
          {(inbox) => (
            <>
              <Parked parked={inbox.parked} />
              <Arrivals inbox={inbox} hours={hours} onHours={setHours} />
              <Queues queues={inbox.queues} />
            </>
          )}
        </Loaded>
      </Stack>
    </Page>
  );
}

interface ArrivalsProps {
  inbox: Inbox;
  hours: PeriodHours;
  onHours: (hours: PeriodHours) => void;
}

const Arrivals = ({ inbox: { notifications, foundWithoutNotification }, hours, onHours }: ArrivalsProps) => (
  <Panel
    title="Notifications from Yoti"
    actions={
      <SegmentedControl
        size="xs"
        aria-label="Period"
        value={String(hours)}
        onChange={(value) => onHours(Number(value) as PeriodHours)}
        data={Object.entries(periods).map(([value, label]) => ({ value, label }))}
      />
    }
  >
    <Facts
      items={[
        ['Received', notifications.received],
        ['Of these, sent before', notifications.duplicates],
        ['Of these, after the end of their session', notifications.late],
        ['Refused as forged', notifications.forged],
        ['Steps found without a notification', foundWithoutNotification],
      ]}
    />
    <Text size="xs" c="dimmed" mt="sm">
      Countersign asks Yoti by itself when a notification stays out. Many steps that were found so mean that
      Yoti does not reach this server.
    </Text>
  </Panel>
);

const Queues = ({ queues }: { queues: Inbox['queues'] }) => (
  <Panel title="Due now" flush>
    <Table fz="sm" verticalSpacing={7} horizontalSpacing="md">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Work</Table.Th>
          <Table.Th>Waiting</Table.Th>
          <Table.Th>Running</Table.Th>
          <Table.Th>Oldest has waited for</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {queues.map(({ kind, waiting, running, oldestDueAt }) => (
          <Table.Tr key={kind}>
            <Table.Td>{kinds[kind]}</Table.Td>
            <Table.Td>{waiting}</Table.Td>
            <Table.Td>{running}</Table.Td>
            <Table.Td>{oldestDueAt ? <Age since={oldestDueAt} /> : 'Nothing waits'}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </Panel>
);
