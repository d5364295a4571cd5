import { Group, Select } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Column, DataTable, RowLink } from '../../ui/data-table';
import { ClearFilters, mergeFilter } from '../../ui/filters';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { Age, Time } from '../../ui/time';
import { DeliveryTag } from './delivery-tag';
import { deliveriesQuery, type Delivery, endpointsQuery } from './queries';
import { type DeliveryFilter, deliveryStatuses } from './search';

/** What was sent where, newest first. */
export function DeliveriesPage() {
  const filter = useSearch({ from: '/shell/deliveries' });
  const query = useInfiniteQuery(deliveriesQuery(filter));
  const endpoints = useInfiniteQuery(endpointsQuery);
  const urls = useMemo(() => new Map(endpoints.data?.map(({ id, url }) => [id, url])), [endpoints.data]);
  const columns = useMemo(() => columnsWith(urls), [urls]);
  return (
    <Page
      title="Deliveries"
      subtitle="Every event that was or will be sent to an endpoint"
      fill
      actions={
        <ButtonLink to="/webhooks" variant="default">
          Endpoints
        </ButtonLink>
      }
      bar={<Filters filter={filter} urls={urls} />}
    >
      <DataTable
        label="Deliveries"
        columns={columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          <Nothing icon={IconSend} title="Nothing was sent">
            Deliveries appear as soon as something happens that an endpoint hears of.
          </Nothing>
        }
      />
    </Page>
  );
}

const columnsWith = (urls: Map<string, string>): Column<Delivery>[] => [
  {
    id: 'event',
    header: 'Event',
    width: '24%',
    cell: ({ id, eventType }) => (
      <RowLink to="/deliveries/$deliveryId" params={{ deliveryId: id }}>
        {eventType}
      </RowLink>
    ),
  },
  { id: 'endpoint', header: 'To', cell: ({ endpointId }) => urls.get(endpointId) ?? 'A deleted endpoint' },
  { id: 'status', header: 'Status', width: 130, cell: ({ status }) => <DeliveryTag status={status} /> },
  { id: 'attempts', header: 'Attempts', width: 90, align: 'right', cell: ({ attemptCount }) => attemptCount },
  {
    id: 'next',
    header: 'Next attempt',
    width: 180,
    cell: ({ nextAttemptAt }) => nextAttemptAt && <Time at={nextAttemptAt} />,
  },
  {
    id: 'age',
    header: 'Created',
    width: 110,
    align: 'right',
    cell: ({ createdAt }) => <Age since={createdAt} suffix=" ago" />,
  },
];

function Filters({ filter, urls }: { filter: DeliveryFilter; urls: Map<string, string> }) {
  const navigate = useNavigate();
  const change = (part: DeliveryFilter) =>
    void navigate({ to: '/deliveries', search: mergeFilter(filter, part), replace: true });
  return (
    <Group gap="xs">
      <Select
        w={150}
        aria-label="Status"
        placeholder="Any status"
        clearable
        value={filter.status ?? null}
        onChange={(status) => change({ status: (status as DeliveryFilter['status']) ?? undefined })}
        data={Object.entries(deliveryStatuses).map(([value, label]) => ({ value, label }))}
      />
      <Select
        w={320}
        aria-label="Endpoint"
        placeholder="Any endpoint"
        clearable
        value={filter.endpointId ?? null}
        onChange={(endpointId) => change({ endpointId: endpointId ?? undefined })}
        data={[...urls].map(([value, label]) => ({ value, label }))}
      />
      {Object.keys(filter).length > 0 && (
        <ClearFilters onClear={() => void navigate({ to: '/deliveries', search: {} })} />
      )}
    </Group>
  );
}
