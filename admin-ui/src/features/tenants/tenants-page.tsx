import { Button, Group, Kbd } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { infiniteQueryOptions, useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';
import { ConfirmModal } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import { CreateTenantModal } from './create-tenant';
import { EmbeddingModal } from './embedding';

type Tenant = Schemas['Tenant'];

const tenantsQuery = infiniteQueryOptions({
  queryKey: ['tenants'],
  queryFn: ({ pageParam, signal }) =>
    unwrap(api.GET('/v1/tenants', { params: { query: { after: pageParam } }, signal })),
  ...paging,
  select: allItems,
});

/** The operator's page: which tenants there are. */
export function TenantsPage() {
  const query = useInfiniteQuery(tenantsQuery);
  const [creating, create] = useDisclosure();
  const [changing, setChanging] = useState<Tenant | null>(null);
  const [embedding, setEmbedding] = useState<Tenant | null>(null);
  useShortcuts('Tenants', [{ keys: 'n', label: 'New tenant', run: create.open }]);
  const newTenant = (
    <Button leftSection={<IconPlus size={16} />} onClick={create.open}>
      New tenant
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Tenants"
      subtitle="Business units, each with its own people, keys and data"
      fill
      actions={newTenant}
    >
      <DataTable
        label="Tenants"
        columns={[...columns, changeColumn(setChanging, setEmbedding)]}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          <Nothing icon={IconBuilding} title="No tenants yet" action={newTenant}>
            The first one gets an admin, who sets up everything else.
          </Nothing>
        }
      />
      <CreateTenantModal opened={creating} onClose={create.close} />
      {embedding && <EmbeddingModal tenant={embedding} onClose={() => setEmbedding(null)} />}
      {changing && <SuspendModal tenant={changing} onClose={() => setChanging(null)} />}
    </Page>
  );
}

const columns: Column<Tenant>[] = [
  { id: 'name', header: 'Name', width: '30%', cell: ({ name }) => <b style={{ fontWeight: 560 }}>{name}</b> },
  { id: 'slug', header: 'Short name', cell: ({ slug }) => <code>{slug}</code> },
  {
    id: 'status',
    header: 'Status',
    width: 130,
    cell: ({ status }) =>
      status === 'active' ? <Tag tone="green">Active</Tag> : <Tag tone="red">Suspended</Tag>,
  },
  { id: 'created', header: 'Created', width: 190, cell: ({ createdAt }) => <Time at={createdAt} /> },
];

const changeColumn = (
  onChange: (tenant: Tenant) => void,
  onEmbedding: (tenant: Tenant) => void,
): Column<Tenant> => ({
  id: 'change',
  header: 'Actions',
  quiet: true,
  width: 210,
  align: 'right',
  cell: (tenant) => (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={`Embedding of ${tenant.name}`}
        onClick={() => onEmbedding(tenant)}
      >
        Embedding
      </Button>
      <Button
        size="compact-xs"
        variant="subtle"
        color={tenant.status === 'active' ? 'red' : 'ink'}
        aria-label={`${tenant.status === 'active' ? 'Suspend' : 'Resume'} ${tenant.name}`}
        onClick={() => onChange(tenant)}
      >
        {tenant.status === 'active' ? 'Suspend' : 'Resume'}
      </Button>
    </Group>
  ),
});

function SuspendModal({ tenant, onClose }: { tenant: Tenant; onClose: () => void }) {
  const client = useQueryClient();
  const suspending = tenant.status === 'active';
  const change = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH('/v1/tenants/{id}', {
          params: { path: { id: tenant.id } },
          headers: { 'If-Match': `"${tenant.version}"` },
          body: { status: suspending ? 'suspended' : 'active' },
        }),
      ),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: tenantsQuery.queryKey }),
  });
  return (
    <ConfirmModal
      opened
      title={`${suspending ? 'Suspend' : 'Resume'} ${tenant.name}?`}
      confirmLabel={suspending ? 'Suspend' : 'Resume'}
      danger={suspending}
      pending={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate()}
      onClose={onClose}
    >
      {suspending
        ? 'Its people and API keys are refused from the next request on. Nothing is deleted.'
        : 'Its people and API keys work again from the next request on.'}
    </ConfirmModal>
  );
}
