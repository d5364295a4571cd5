import { Button, Group, Kbd, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCircleCheck, IconCircleX, IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { allItems, paging } from '../../api/query-client';
import { ConfirmModal } from '../../ui/confirm';
import { CopyCode } from '../../ui/copy';
import { Facts } from '../../ui/facts';
import { useShortcuts } from '../../ui/keyboard';
import { Page, Panel } from '../../ui/page';
import { Loaded, Nothing, ProblemNote } from '../../ui/states';
import { Tag, type Tone } from '../../ui/tag';
import { Age, Time } from '../../ui/time';
import { AddCredentialModal } from './add-credential';

type Credential = Schemas['Credential'];

const credentialsQuery = infiniteQueryOptions({
  queryKey: ['credentials'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/credentials', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
});

/** The tenant's applications at Yoti. */
export function CredentialsPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(credentialsQuery);
  const [adding, add] = useDisclosure();
  const mayWrite = can('credentials:write');
  useShortcuts('Credentials', mayWrite ? [{ keys: 'n', label: 'Add a credential', run: add.open }] : []);
  const addCredential = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add a credential
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Yoti credentials"
      subtitle="The application at Yoti that sessions are made with"
      actions={addCredential}
    >
      <Loaded query={query}>
        {(credentials) => (
          <Stack gap="md" maw={920}>
            {credentials.length === 0 && (
              <Nothing icon={IconPlugConnected} title="No Yoti credential yet" action={addCredential}>
                Sessions need one: the SDK id and the private key of an application that you made in Yoti’s
                portal.
              </Nothing>
            )}
            {credentials.map((credential) => (
              <CredentialPanel key={credential.id} credential={credential} mayWrite={mayWrite} />
            ))}
            {query.hasNextPage && (
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Older credentials
              </Button>
            )}
          </Stack>
        )}
      </Loaded>
      <AddCredentialModal opened={adding} onClose={add.close} />
    </Page>
  );
}

const states: Record<Credential['status'], { tone: Tone; text: string }> = {
  pending: { tone: 'amber', text: 'Not in use yet' },
  active: { tone: 'green', text: 'In use' },
  retiring: { tone: 'blue', text: 'Retiring' },
  retired: { tone: 'gray', text: 'Retired' },
};

function CredentialPanel({ credential, mayWrite }: { credential: Credential; mayWrite: boolean }) {
  const { id, name, status, sdkId, apiUrl, keyFingerprint, createdAt, activatedAt } = credential;
  const { check, activate, retire } = useCredentialActions(id);
  const [retiring, setRetiring] = useState(false);
  const { tone, text } = states[status];
  return (
    <Panel title={name} actions={<Tag tone={tone}>{text}</Tag>}>
      <Stack gap="md">
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
          ]}
        />
        <LastCheck check={credential.lastCheck} />
        {(check.error ?? activate.error) && <ProblemNote error={check.error ?? activate.error} />}
        {mayWrite && status !== 'retired' && (
          <Group gap="xs">
            <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
              Check with Yoti
            </Button>
            {status !== 'active' && (
              <Button
                loading={activate.isPending}
                disabled={!credential.lastCheck?.ok}
                onClick={() => activate.mutate()}
              >
                Use for new sessions
              </Button>
            )}
            {status !== 'pending' && (
              <Button variant="subtle" color="red" onClick={() => setRetiring(true)}>
                Retire…
              </Button>
            )}
          </Group>
        )}
      </Stack>
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
        it can read them.
      </ConfirmModal>
    </Panel>
  );
}

function LastCheck({ check }: { check: Credential['lastCheck'] }) {
  if (!check) {
    return (
      <Text size="sm" c="dimmed">
        Not checked yet. A check makes one signed call to Yoti and changes nothing.
      </Text>
    );
  }
  const Mark = check.ok ? IconCircleCheck : IconCircleX;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Mark
        size={18}
        aria-label={check.ok ? 'Good' : 'Not good'}
        style={{ flex: 'none', color: check.ok ? 'var(--green-fg)' : 'var(--red-fg)' }}
      />
      <div>
        <Text size="sm">{check.message}</Text>
        <Text size="xs" c="dimmed">
          {check.diagnosis}
          {check.clockSkewSeconds !== null && ` · clock ${check.clockSkewSeconds} s from Yoti’s`} · checked{' '}
          <Age since={check.at} suffix=" ago" />
        </Text>
      </div>
    </Group>
  );
}

function useCredentialActions(id: string) {
  const client = useQueryClient();
  const params = { path: { id } };
  const onSettled = () => client.invalidateQueries({ queryKey: credentialsQuery.queryKey });
  return {
    check: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/check', { params })),
      onSettled,
    }),
    activate: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/activate', { params })),
      onSettled,
    }),
    retire: useMutation({
      mutationFn: () => unwrap(api.POST('/v1/credentials/{id}/retire', { params })),
      onSettled,
    }),
  };
}
