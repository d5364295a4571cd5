import { Button, Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { ProblemNote } from '../../ui/states';
import { CheckResult } from './check-result';
import { type Credential, credentialsQuery, environmentNames, useCredentialActions } from './queries';

/** What follows adding a credential: its check, and putting it into use. */
export function UseCredential({ added, onClose }: { added: Credential; onClose: () => void }) {
  const { data: credentials = [] } = useInfiniteQuery(credentialsQuery);
  const { check, activate } = useCredentialActions(added.id);
  const current = check.data ?? added;
  const error = check.error ?? activate.error;
  const previous = credentials.find(
    ({ id, status, environment }) =>
      id !== added.id && status === 'active' && environment === added.environment,
  );
  return (
    <Stack gap="md">
      <Text size="sm">
        “{added.name}” is stored. It belongs to the environment {environmentNames[added.environment]}.
      </Text>
      <CheckResult check={current.lastCheck} />
      {previous && (
        <Text size="sm">
          New sessions are made with “{previous.name}” until you put this one into use. The old one then goes
          on serving the sessions that it made, and is retired by itself when the last of them has closed:
          keep its key working at Yoti until then.
        </Text>
      )}
      {error && <ProblemNote error={error} />}
      <Group justify="flex-end" gap="xs">
        <Button variant="subtle" onClick={onClose}>
          Later
        </Button>
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          Check with Yoti
        </Button>
        <Button
          loading={activate.isPending}
          disabled={!current.lastCheck?.ok}
          onClick={() => activate.mutate(undefined, { onSuccess: onClose })}
        >
          Use for new sessions
        </Button>
      </Group>
    </Stack>
  );
}
