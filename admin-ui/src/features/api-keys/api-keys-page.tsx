import { Button, Kbd, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { allItems, paging } from '../../api/query-client';
import { ConfirmModal } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import { plural, words } from '../../ui/words';
import { CreateKeyModal } from './create-key';

type ApiKey = Schemas['ApiKey'];

const keysQuery = infiniteQueryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/api-keys', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
});

/** The keys that the tenant's own systems call with. */
export function ApiKeysPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(keysQuery);
  const [creating, create] = useDisclosure();
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const mayWrite = can('api-keys:write');
  useShortcuts('API keys', mayWrite ? [{ keys: 'n', label: 'New API key', run: create.open }] : []);
  const newKey = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.open}>
      New API key
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="API keys"
      subtitle="For your own systems, each with the permissions it needs"
      fill
      actions={newKey}
    >
      <DataTable
        label="API keys"
        columns={mayWrite ? [...columns, revokeColumn(setRevoking)] : columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          <Nothing icon={IconKey} title="No API keys yet" action={newKey}>
            Your systems need one to create sessions and to read what they came to.
          </Nothing>
        }
      />
      <CreateKeyModal opened={creating} onClose={create.close} />
      {revoking && <RevokeModal apiKey={revoking} onClose={() => setRevoking(null)} />}
    </Page>
  );
}

const tones = { active: 'green', expired: 'gray', revoked: 'gray' } as const;

const columns: Column<ApiKey>[] = [
  { id: 'name', header: 'Name', width: '24%', cell: ({ name }) => <b style={{ fontWeight: 560 }}>{name}</b> },
  { id: 'prefix', header: 'Begins with', width: 160, cell: ({ prefix }) => <code>{prefix}…</code> },
  {
    id: 'scopes',
    header: 'Permissions',
    cell: ({ scopes }) => (
      <Tooltip label={scopes.join(', ')} multiline maw={320}>
        <span>{scopes.length > 3 ? plural(scopes.length, 'permission') : scopes.join(', ')}</span>
      </Tooltip>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: 110,
    cell: ({ status }) => <Tag tone={tones[status]}>{words(status)}</Tag>,
  },
  { id: 'created', header: 'Created', width: 180, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'expires',
    header: 'Expires',
    width: 180,
    cell: ({ expiresAt }) => (expiresAt ? <Time at={expiresAt} /> : 'Never'),
  },
];

const revokeColumn = (onRevoke: (key: ApiKey) => void): Column<ApiKey> => ({
  id: 'revoke',
  header: 'Actions',
  quiet: true,
  width: 90,
  align: 'right',
  cell: (key) =>
    key.status === 'active' && (
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        onClick={() => onRevoke(key)}
        aria-label={`Revoke ${key.name}`}
      >
        Revoke
      </Button>
    ),
});

function RevokeModal({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/api-keys/{id}/revoke', { params: { path: { id: apiKey.id } } })),
    onSuccess() {
      void client.invalidateQueries({ queryKey: keysQuery.queryKey });
      onClose();
    },
  });
  return (
    <ConfirmModal
      opened
      title={`Revoke “${apiKey.name}”?`}
      confirmLabel="Revoke the key"
      danger
      pending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => revoke.mutate()}
      onClose={onClose}
    >
      Whatever still uses it is refused from the next request on. A revoked key can not be brought back.
    </ConfirmModal>
  );
}
