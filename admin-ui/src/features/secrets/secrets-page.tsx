import { Button, Group, Kbd } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLockPassword, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { ConfirmModal } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { Time } from '../../ui/time';
import { type Secret, secretsQuery } from './queries';
import { SetSecretModal } from './set-secret';

/** What policies name and nobody sees, such as the key of a watchlist account. */
export function SecretsPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(secretsQuery);
  const [adding, add] = useDisclosure();
  const [replacing, setReplacing] = useState<Secret | null>(null);
  const [deleting, setDeleting] = useState<Secret | null>(null);
  const mayWrite = can('secrets:write');
  useShortcuts('Secrets', mayWrite ? [{ keys: 'n', label: 'Add a secret', run: add.open }] : []);
  const addSecret = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add a secret
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Secrets"
      subtitle="Keys of other services that policies name, such as your own watchlist’s"
      fill
      actions={addSecret}
    >
      <DataTable
        label="Secrets"
        columns={mayWrite ? [...columns, actionsColumn(setReplacing, setDeleting)] : columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          <Nothing icon={IconLockPassword} title="No secrets" action={addSecret}>
            Most policies need none: only a check with an account of your own does.
          </Nothing>
        }
      />
      <SetSecretModal opened={adding} onClose={add.close} />
      {replacing && <SetSecretModal opened name={replacing.name} onClose={() => setReplacing(null)} />}
      {deleting && <DeleteModal secret={deleting} onClose={() => setDeleting(null)} />}
    </Page>
  );
}

const columns: Column<Secret>[] = [
  { id: 'name', header: 'Name', cell: ({ name }) => <code>{name}</code> },
  { id: 'created', header: 'Added', width: 200, cell: ({ createdAt }) => <Time at={createdAt} /> },
  { id: 'updated', header: 'Value set', width: 200, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

const actionsColumn = (
  onReplace: (secret: Secret) => void,
  onDelete: (secret: Secret) => void,
): Column<Secret> => ({
  id: 'actions',
  header: 'Actions',
  quiet: true,
  width: 170,
  align: 'right',
  cell: (secret) => (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <Button
        size="compact-xs"
        variant="subtle"
        onClick={() => onReplace(secret)}
        aria-label={`Replace ${secret.name}`}
      >
        Replace
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        onClick={() => onDelete(secret)}
        aria-label={`Delete ${secret.name}`}
      >
        Delete
      </Button>
    </Group>
  ),
});

function DeleteModal({ secret: { name }, onClose }: { secret: Secret; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await unwrap(api.DELETE('/v1/secrets/{name}', { params: { path: { name } } }));
    },
    onSuccess() {
      void client.invalidateQueries({ queryKey: secretsQuery.queryKey });
      onClose();
    },
  });
  return (
    <ConfirmModal
      opened
      title={`Delete “${name}”?`}
      confirmLabel="Delete the secret"
      danger
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      Its value can not be brought back. A secret that a published policy names stays.
    </ConfirmModal>
  );
}
