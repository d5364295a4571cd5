import { Group, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { allItems, paging } from '../../api/query-client';
import { CopyCode } from '../../ui/copy';
import { type Column, DataTable } from '../../ui/data-table';
import { ClearFilters, DayFilter, dayRange, mergeFilter, TextFilter } from '../../ui/filters';
import { TextLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { formatDateTime, words } from '../../ui/words';
import { peopleQuery } from '../people/queries';
import type { AuditFilter } from './search';

type Entry = Schemas['AuditEntry'];

const auditQuery = ({ from, to, ...filter }: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', filter, from, to],
    queryFn: ({ pageParam, signal }) => {
      const { start, end } = dayRange(from, to);
      const query = { ...filter, from: start, to: end, after: pageParam };
      return unwrap(api.GET('/v1/audit-entries', { params: { query }, signal }));
    },
    ...paging,
    select: allItems,
  });

/** Who did what, newest first. */
export function AuditPage() {
  const { can } = useMe();
  const filter = useSearch({ from: '/shell/audit' });
  const query = useInfiniteQuery(auditQuery(filter));
  const people = useInfiniteQuery({ ...peopleQuery, enabled: can('users:read') });
  const columns = useMemo(
    () => columnsWith(new Map(people.data?.map(({ id, name }) => [id, name]))),
    [people.data],
  );
  return (
    <Page
      title="Audit trail"
      subtitle="Every change, and every look at personal data. Nobody can alter it"
      fill
      bar={<Filters filter={filter} />}
    >
      <DataTable
        label="Audit entries"
        columns={columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={<Nothing icon={IconHistory} title="No entry fits these filters" />}
      />
    </Page>
  );
}

/** @param names of people, by id */
const columnsWith = (names: Map<string, string>): Column<Entry>[] => [
  {
    id: 'at',
    header: 'When',
    width: 190,
    cell: ({ at }) => (
      <time dateTime={at} title={at}>
        {formatDateTime(at)}
      </time>
    ),
  },
  {
    id: 'action',
    header: 'What',
    width: 236,
    cell: ({ action }) => (
      <TextLink to="/audit" search={(before) => ({ ...before, action })} c="inherit" fw={560}>
        {action}
      </TextLink>
    ),
  },
  {
    id: 'actor',
    header: 'Who',
    width: '15%',
    cell: ({ actor: { type, id } }) =>
      id ? (
        <TextLink to="/audit" search={(before) => ({ ...before, actorId: id })} c="inherit" title={id}>
          {names.get(id) ?? `${words(type)} …${id.slice(-6)}`}
        </TextLink>
      ) : (
        words(type)
      ),
  },
  {
    id: 'object',
    header: 'To what',
    width: '15%',
    cell: ({ object: { type, id } }) => (
      <TextLink to="/audit" search={(before) => ({ ...before, objectId: id })} c="inherit" title={id}>
        {words(type)} …{id.slice(-6)}
      </TextLink>
    ),
  },
  {
    id: 'details',
    header: 'Details',
    cell: ({ details }) => {
      const text = Object.entries(details)
        .map(([name, value]) => `${name}: ${plain(value)}`)
        .join(' · ');
      return (
        <Text size="xs" c="dimmed" lineClamp={2} title={text}>
          {text}
        </Text>
      );
    },
  },
  {
    id: 'request',
    header: 'Request',
    width: 124,
    cell: ({ requestId }) =>
      requestId && <CopyCode value={requestId} shown={`…${requestId.slice(-8)}`} label="request id" />,
  },
];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Ids are cut to the end that tells them apart. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(', ');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return UUID.test(text) ? `…${text.slice(-6)}` : text;
}

function Filters({ filter }: { filter: AuditFilter }) {
  const navigate = useNavigate();
  const change = (part: AuditFilter) =>
    void navigate({ to: '/audit', search: mergeFilter(filter, part), replace: true });
  const text = (name: 'action' | 'actorId' | 'objectId') => ({
    maxLength: 100,
    value: filter[name],
    onChange: (value: string) => change({ [name]: value }),
  });
  return (
    <Group gap="xs" role="search" aria-label="Audit entries">
      <TextFilter
        label="Action"
        placeholder="Action, such as review.decided"
        width={230}
        {...text('action')}
      />
      <TextFilter label="Actor id" placeholder="Actor id" width={150} {...text('actorId')} />
      <TextFilter label="Object id" placeholder="Object id" width={150} {...text('objectId')} />
      <DayFilter
        short="From"
        label="From"
        value={filter.from}
        max={filter.to}
        onChange={(from) => change({ from })}
      />
      <DayFilter
        short="To"
        label="To"
        value={filter.to}
        min={filter.from}
        onChange={(to) => change({ to })}
      />
      {Object.keys(filter).length > 0 && (
        <ClearFilters onClear={() => void navigate({ to: '/audit', search: {} })} />
      )}
    </Group>
  );
}
