import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { ConfirmModal } from '../../ui/confirm';
import { CopyCode } from '../../ui/copy';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/page';
import { ProblemNote } from '../../ui/states';
import { Tag, type Tone } from '../../ui/tag';
import { Age, Time } from '../../ui/time';
import { CheckResult } from './check-result';
import { type Credential, environmentNames, useCredentialActions } from './queries';

const states: Record<Credential['status'], { tone: Tone; text: string }> = {
  pending: { tone: 'amber', text: 'Not in use yet' },
  active: { tone: 'green', text: 'In use' },
  retiring: { tone: 'blue', text: 'Retiring' },
  retired: { tone: 'gray', text: 'Retired' },
};

interface Props {
  credential: Credential;
  mayWrite: boolean;
  /** Begins to put another one in its place. */
  onReplace: () => void;
}

export function CredentialPanel({ credential, mayWrite, onReplace }: Props) {
  const { name, status, environment, suspect, openSessions } = credential;
  const { tone, text } = states[status];
  const tags = (
    <Group gap={6}>
      <Tag>{environmentNames[environment]}</Tag>
      {suspect && (
        <Tag tone="red" icon={IconAlertTriangle}>
          Refused by Yoti
        </Tag>
      )}
      <Tag tone={tone}>{text}</Tag>
    </Group>
  );
  return (
    <Panel title={name} actions={tags}>
      <Stack gap="md">
        {suspect && <Suspicion suspect={suspect} />}
        {openSessions !== null && <OpenSessions count={openSessions} />}
        <CredentialFacts credential={credential} />
        {status !== 'retired' && <CheckResult check={credential.lastCheck} />}
        {mayWrite && status !== 'retired' && <Actions credential={credential} onReplace={onReplace} />}
      </Stack>
    </Panel>
  );
}

function Suspicion({ suspect }: { suspect: NonNullable<Credential['suspect']> }) {
  return (
    <Alert
      role="status"
      color="red"
      icon={<IconAlertTriangle size={18} aria-hidden />}
      title="Yoti refuses this credential"
    >
      <Stack gap={6}>
        <Text size="sm">{suspect.message}</Text>
        {suspect.fix && <Text size="sm">{suspect.fix}</Text>}
        <Text size="xs">
          {suspect.diagnosis} · since <Time at={suspect.since} />. No session is made or read with it until it
          works again
          {suspect.nextProbeAt ? (
            <>
              ; the server tries next at <Time at={suspect.nextProbeAt} />, and a good check ends the wait.
            </>
          ) : (
            '; a good check ends the wait.'
          )}
        </Text>
      </Stack>
    </Alert>
  );
}

function OpenSessions({ count }: { count: number }) {
  return (
    <Text size="sm">
      {count === 0
        ? 'None of its sessions is open any more: it is retired within a minute.'
        : `${count} open ${count === 1 ? 'session' : 'sessions'} can be read with it only. It is retired by itself when the last of them has closed; until then keep its key working at Yoti.`}
    </Text>
  );
}

function CredentialFacts({ credential }: { credential: Credential }) {
  const { sdkId, apiUrl, keyFingerprint, createdAt, activatedAt, retiredAt } = credential;
  return (
    <Facts
      items={[
        ['SDK id', <CopyCode key="sdk" value={sdkId} label="SDK id" />],
        ['API address', <code key="url">{apiUrl}</code>],
        [
          'Key fingerprint',
          <CopyCode
            key="fp"
            value={keyFingerprint}
            shown={`${keyFingerprint.slice(0, 24)}…`}
            label="fingerprint"
          />,
        ],
        ['Added', <Time key="added" at={createdAt} />],
        ['In use since', activatedAt && <Time at={activatedAt} />],
        ['Retired', retiredAt && <Age since={retiredAt} suffix=" ago" />],
      ]}
    />
  );
}

function Actions({ credential, onReplace }: { credential: Credential; onReplace: () => void }) {
  const { id, name, status, lastCheck } = credential;
  const { check, activate, retire } = useCredentialActions(id);
  const [retiring, setRetiring] = useState(false);
  const error = check.error ?? activate.error;
  return (
    <>
      {error && <ProblemNote error={error} />}
      <Group gap="xs">
        <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          Check with Yoti
        </Button>
        {status === 'pending' && (
          <Button loading={activate.isPending} disabled={!lastCheck?.ok} onClick={() => activate.mutate()}>
            Use for new sessions
          </Button>
        )}
        {status === 'active' && (
          <Button variant="default" onClick={onReplace}>
            Replace…
          </Button>
        )}
        <Button variant="subtle" color="red" onClick={() => setRetiring(true)}>
          Retire…
        </Button>
      </Group>
      <ConfirmModal
        opened={retiring}
        title={`Retire “${name}”?`}
        confirmLabel="Retire it"
        danger
        pending={retire.isPending}
        error={retire.error}
        onConfirm={() => retire.mutate(undefined, { onSuccess: () => setRetiring(false) })}
        onClose={() => setRetiring(false)}
      >
        No new session is made with it. It stays retiring while sessions that it made are open, because only
        it can read them, and is retired by itself after that.
      </ConfirmModal>
    </>
  );
}
