import { Button, Kbd, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconPlus, IconUsers } from '@tabler/icons-react';
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
import { words } from '../../ui/words';
import { AddPersonModal } from './add-person';
import { peopleQuery, type Person } from './queries';
import { roleOptions } from './roles';

/** Who acts in the tenant, as what. */
export function PeoplePage() {
  const { me, can } = useMe();
  const query = useInfiniteQuery(peopleQuery);
  const [adding, add] = useDisclosure();
  const [removing, setRemoving] = useState<Person | null>(null);
  const mayWrite = can('users:write');
  useShortcuts('People', mayWrite ? [{ keys: 'n', label: 'Add a person', run: add.open }] : []);
  const addPerson = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
      Add a person
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  const columns: Column<Person>[] = [
    {
      id: 'name',
      header: 'Name',
      width: '26%',
      cell: ({ name, id }) => <b style={{ fontWeight: 560 }}>{id === me.id ? `${name} (you)` : name}</b>,
    },
    { id: 'email', header: 'E-mail', cell: ({ email }) => email },
    {
      id: 'role',
      header: 'Role',
      width: 190,
      cell: (person) =>
        mayWrite && person.id !== me.id ? <RoleSelect person={person} /> : words(person.role),
    },
    { id: 'added', header: 'Added', width: 190, cell: ({ addedAt }) => <Time at={addedAt} /> },
    {
      id: 'remove',
      header: 'Actions',
      quiet: true,
      width: 100,
      align: 'right',
      cell: (person) =>
        mayWrite &&
        person.id !== me.id && (
          <Button
            size="compact-xs"
            variant="subtle"
            color="red"
            onClick={() => setRemoving(person)}
            aria-label={`Remove ${person.name}`}
          >
            Remove
          </Button>
        ),
    },
  ];
  return (
    <Page title="People" subtitle="Who can log in to this tenant, and as what" fill actions={addPerson}>
      <DataTable
        label="People"
        columns={columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={<Nothing icon={IconUsers} title="Nobody yet" action={addPerson} />}
      />
      <AddPersonModal opened={adding} onClose={add.close} />
      {removing && <RemoveModal person={removing} onClose={() => setRemoving(null)} />}
    </Page>
  );
}

function RoleSelect({ person }: { person: Person }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: (role: Person['role']) =>
      unwrap(api.PATCH('/v1/users/{id}', { params: { path: { id: person.id } }, body: { role } })),
    onError: (error) =>
      notifications.show({ color: 'red', title: 'The role stays as it was', message: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  });
  return (
    <Select
      size="xs"
      data-above
      aria-label={`Role of ${person.name}`}
      data={roleOptions.map(({ value, label }) => ({ value, label }))}
      value={change.isPending ? change.variables : person.role}
      disabled={change.isPending}
      onChange={(role) => role && change.mutate(role as Person['role'])}
    />
  );
}

function RemoveModal({ person, onClose }: { person: Person; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await unwrap(api.DELETE('/v1/users/{id}', { params: { path: { id: person.id } } }));
    },
    onSuccess() {
      void client.invalidateQueries({ queryKey: peopleQuery.queryKey });
      onClose();
    },
  });
  return (
    <ConfirmModal
      opened
      title={`Remove ${person.name}?`}
      confirmLabel="Remove from the tenant"
      danger
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      They can do nothing in this tenant from their next request on. Their account and what they have decided
      stay.
    </ConfirmModal>
  );
}
