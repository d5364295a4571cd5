import { Group, Kbd, Select, Text } from '@mantine/core';
import { IconPlus, IconSearch, IconUserScan } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMe } from '../../api/me';
import { type Column, DataTable, RowLink } from '../../ui/data-table';
import { ClearFilters, DayFilter, mergeFilter, TextFilter } from '../../ui/filters';
import { useShortcuts } from '../../ui/keyboard';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { outcomeLooks, OutcomeTag, statusLooks, StatusTag } from '../../ui/status';
import { Age, Time } from '../../ui/time';
import { words } from '../../ui/words';
import { policiesQuery } from '../policies/queries';
import { type SessionItem, sessionsQuery } from './queries';
import type { SessionFilter } from './search';

/** All sessions of the tenant, newest first, filtered by what stands in the address. */
export function SessionsPage() {
  const { can } = useMe();
  const filter = useSearch({ from: '/shell/sessions' });
  const navigate = useNavigate();
  const query = useInfiniteQuery(sessionsQuery(filter));
  const mayCreate = can('sessions:write');
  const filtered = Object.keys(filter).length > 0;

  useShortcuts('Sessions', [
    ...(mayCreate
      ? [{ keys: 'n', label: 'New session', run: () => void navigate({ to: '/sessions/new' }) }]
      : []),
    { keys: '/', label: 'Find by reference', run: () => document.getElementById('reference')?.focus() },
  ]);

  const newSession = mayCreate && (
    <ButtonLink to="/sessions/new" leftSection={<IconPlus size={16} />}>
      New session
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </ButtonLink>
  );

  return (
    <Page
      title="Sessions"
      subtitle="One person’s verification each, newest first"
      fill
      actions={newSession}
      bar={<Filters filter={filter} />}
    >
      <DataTable
        label="Sessions"
        columns={columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          filtered ? (
            <Nothing
              icon={IconSearch}
              title="No session fits these filters"
              action={
                <ButtonLink to="/sessions" search={{}} variant="default">
                  Show all sessions
                </ButtonLink>
              }
            />
          ) : (
            <Nothing icon={IconUserScan} title="No sessions yet" action={newSession}>
              Start one here and send its link to a person, or create sessions with an API key.
            </Nothing>
          )
        }
      />
    </Page>
  );
}

const columns: Column<SessionItem>[] = [
  {
    id: 'reference',
    header: 'Reference',
    width: '24%',
    cell: ({ id, reference }) => (
      <RowLink to="/sessions/$sessionId" params={{ sessionId: id }}>
        {reference ?? `No reference · …${id.slice(-6)}`}
      </RowLink>
    ),
  },
  {
    id: 'policy',
    header: 'Policy',
    cell: ({ policy }) => (
      <Text size="sm" lineClamp={1}>
        {policy.name}{' '}
        <Text span c="dimmed" size="xs">
          v{policy.version}
        </Text>
      </Text>
    ),
  },
  { id: 'status', header: 'Status', width: 130, cell: ({ status }) => <StatusTag status={status} /> },
  {
    id: 'outcome',
    header: 'Outcome',
    width: 130,
    cell: ({ outcome, status, progress }) =>
      outcome ? (
        <OutcomeTag outcome={outcome} />
      ) : (
        <Text span size="sm" c="dimmed">
          {status === 'ongoing' ? words(progress) : '–'}
        </Text>
      ),
  },
  { id: 'created', header: 'Created', width: 190, cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    id: 'age',
    header: 'Changed',
    width: 110,
    align: 'right',
    cell: ({ updatedAt }) => <Age since={updatedAt} suffix=" ago" />,
  },
];

function Filters({ filter }: { filter: SessionFilter }) {
  const navigate = useNavigate();
  const policies = useInfiniteQuery(policiesQuery);
  const change = (part: SessionFilter) =>
    void navigate({ to: '/sessions', search: mergeFilter(filter, part), replace: true });
  return (
    <Group gap="xs" role="search" aria-label="Sessions">
      <TextFilter
        id="reference"
        label="Reference"
        placeholder="Exact reference"
        width={200}
        maxLength={200}
        icon={<IconSearch size={15} aria-hidden />}
        value={filter.reference}
        onChange={(reference) => change({ reference })}
      />
      <Select
        w={140}
        aria-label="Status"
        placeholder="Any status"
        clearable
        value={filter.status ?? null}
        onChange={(status) => change({ status: (status as SessionFilter['status']) ?? undefined })}
        data={Object.entries(statusLooks).map(([value, { text }]) => ({ value, label: text }))}
      />
      <Select
        w={140}
        aria-label="Outcome"
        placeholder="Any outcome"
        clearable
        value={filter.outcome ?? null}
        onChange={(outcome) => change({ outcome: (outcome as SessionFilter['outcome']) ?? undefined })}
        data={[
          ...Object.entries(outcomeLooks).map(([value, { text }]) => ({ value, label: text })),
          { value: 'none', label: 'None yet' },
        ]}
      />
      <Select
        w={160}
        aria-label="Policy"
        placeholder="Any policy"
        clearable
        value={filter.policy ?? null}
        onChange={(policy) => change({ policy: policy ?? undefined })}
        data={policies.data?.map(({ slug, name }) => ({ value: slug, label: name })) ?? []}
      />
      <DayFilter
        short="From"
        label="Created from"
        value={filter.from}
        max={filter.to}
        onChange={(from) => change({ from })}
      />
      <DayFilter
        short="To"
        label="Created to"
        value={filter.to}
        min={filter.from}
        onChange={(to) => change({ to })}
      />
      {Object.keys(filter).length > 0 && (
        <ClearFilters onClear={() => void navigate({ to: '/sessions', search: {} })} />
      )}
    </Group>
  );
}
