import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlayerPause } from '@tabler/icons-react';
import { Age, Time } from '../../ui/time';
import type { Endpoint } from './queries';

const reasons = {
  by_hand: 'Somebody disabled it.',
  gone: 'It answered that it is gone (410).',
  failing: 'Nothing could be delivered to it for five days.',
};

/** What is wrong with an endpoint, and what follows from it; nothing while all is well. */
export function EndpointHealth({ endpoint }: { endpoint: Endpoint }) {
  const { status, disabledReason, disabledAt, failingSince, replayFrom } = endpoint;
  if (status === 'disabled') {
    return (
      <Alert
        role="status"
        color="gray"
        icon={<IconPlayerPause size={18} aria-hidden />}
        title="It is sent nothing"
      >
        <Text size="sm">
          {reasons[disabledReason ?? 'by_hand']}
          {disabledAt && (
            <>
              {' '}
              Disabled at <Time at={disabledAt} />.
            </>
          )}{' '}
          What happens meanwhile is sent when it is enabled again, up to 30 days back.
        </Text>
      </Alert>
    );
  }
  return (
    <>
      {failingSince && <Failing endpoint={endpoint} since={failingSince} />}
      {replayFrom && (
        <Text size="sm" role="status">
          It is being sent what it has missed since <Time at={replayFrom} />.
        </Text>
      )}
    </>
  );
}

function Failing({ endpoint, since }: { endpoint: Endpoint; since: string }) {
  const { failureCount, disablesAt, pausedUntil } = endpoint;
  return (
    <Alert
      role="status"
      color="yellow"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title={
        <>
          Failing for <Age since={since} />
        </>
      }
    >
      <Stack gap={4}>
        <Text size="sm">
          {failureCount === 1 ? 'The last attempt failed.' : `The last ${failureCount} attempts failed.`}
          {disablesAt && (
            <>
              {' '}
              Unless one succeeds, it is disabled at <Time at={disablesAt} />.
            </>
          )}
        </Text>
        {pausedUntil && (
          <Text size="sm">
            Nothing is sent until <Time at={pausedUntil} />; a test tries at once.
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
