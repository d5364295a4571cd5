import { Button, Skeleton, Stack, Table, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api, type Schemas, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { Copy, CopyCode } from '../../ui/copy';
import { Facts } from '../../ui/facts';
import { TextLink } from '../../ui/links';
import { Page, Panel } from '../../ui/page';
import { Loaded, ProblemNote } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import { words } from '../../ui/words';
import classes from './delivery-page.module.css';
import { DeliveryTag } from './delivery-tag';
import { deliveryQuery } from './queries';

type Detail = Schemas['DeliveryDetail'];

/** One delivery: what was sent, and what came back each time. */
export function DeliveryPage() {
  const { deliveryId } = useParams({ from: '/shell/deliveries/$deliveryId' });
  const { can } = useMe();
  const client = useQueryClient();
  const options = deliveryQuery(deliveryId);
  const query = useQuery(options);
  const retry = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/deliveries/{id}/retry', { params: { path: { id: deliveryId } } })),
    onSettled: () => client.invalidateQueries({ queryKey: options.queryKey }),
  });
  const delivery = query.data;
  return (
    <Page
      title={delivery?.eventType ?? 'Delivery'}
      subtitle={delivery && <TextLink to="/deliveries">Deliveries</TextLink>}
      aside={delivery && <DeliveryTag status={delivery.status} />}
      actions={
        can('webhooks:write') && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={retry.isPending}
            disabled={!delivery}
            onClick={() => retry.mutate()}
          >
            Send again
          </Button>
        )
      }
    >
      <Stack gap="md" maw={1080}>
        {retry.error && <ProblemNote error={retry.error} />}
        <Loaded query={query} loading={<Skeleton h={360} />}>
          {(loaded) => <Details delivery={loaded} />}
        </Loaded>
      </Stack>
    </Page>
  );
}

function Details({ delivery }: { delivery: Detail }) {
  const payload = JSON.stringify(delivery.payload, null, 2);
  const { sessionId } = delivery;
  return (
    <>
      <Panel title="Facts">
        <Facts
          items={[
            ['Event', <CopyCode key="event" value={delivery.eventId} label="event id" />],
            [
              'Session',
              sessionId && (
                <TextLink to="/sessions/$sessionId" params={{ sessionId }}>
                  Open the session
                </TextLink>
              ),
            ],
            ['Created', <Time key="created" at={delivery.createdAt} />],
            ['Next attempt', delivery.nextAttemptAt && <Time at={delivery.nextAttemptAt} />],
            ['Ended', delivery.finishedAt && <Time at={delivery.finishedAt} />],
            ['Stopped because', delivery.parkedReason && words(delivery.parkedReason)],
          ]}
        />
      </Panel>
      <Panel title="Attempts" flush>
        {delivery.attempts.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            None yet.
          </Text>
        ) : (
          <Attempts attempts={delivery.attempts} />
        )}
      </Panel>
      <Panel title="Payload" flush actions={<Copy value={payload} label="payload" />}>
        <pre className={classes.code} tabIndex={0}>
          {payload}
        </pre>
      </Panel>
    </>
  );
}

const Attempts = ({ attempts }: { attempts: Detail['attempts'] }) => (
  <Table fz="sm" verticalSpacing={7} horizontalSpacing="md">
    <Table.Thead>
      <Table.Tr>
        <Table.Th>#</Table.Th>
        <Table.Th>When</Table.Th>
        <Table.Th>Answer</Table.Th>
        <Table.Th>Took</Table.Th>
        <Table.Th>What it said</Table.Th>
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {attempts
        .toReversed()
        .map(({ attempt, startedAt, statusCode, errorClass, durationMs, responseExcerpt }) => (
          <Table.Tr key={attempt}>
            <Table.Td>{attempt}</Table.Td>
            <Table.Td>
              <Time at={startedAt} />
            </Table.Td>
            <Table.Td>
              <Tag tone={errorClass === null ? 'green' : 'red'}>
                {[statusCode, errorClass && words(errorClass)].filter((part) => part !== null).join(' · ')}
              </Tag>
            </Table.Td>
            <Table.Td>{durationMs} ms</Table.Td>
            <Table.Td className={classes.excerpt}>{responseExcerpt}</Table.Td>
          </Table.Tr>
        ))}
    </Table.Tbody>
  </Table>
);
