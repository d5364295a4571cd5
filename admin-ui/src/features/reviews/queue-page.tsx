import { Button, Group, Kbd, SegmentedControl, Text, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowRight, IconCoffee } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMe } from '../../api/me';
import { type Column, DataTable, RowLink } from '../../ui/data-table';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { OutcomeTag } from '../../ui/status';
import { Tag } from '../../ui/tag';
import { Age, Time } from '../../ui/time';
import { plural } from '../../ui/words';
import { type Review, reviewsQuery, useClaimNext } from './queries';
import { factWords, reasonLabel } from './reasons';
import { reviewStatuses, type ReviewStatus } from './search';

/** The cases that wait for a person, oldest first. */
export function QueuePage() {
  const { me, can } = useMe();
  const navigate = useNavigate();
  const { status = 'open' } = useSearch({ from: '/shell/reviews' });
  const query = useInfiniteQuery(reviewsQuery(status));
  const claimNext = useClaimNext();
  const mayDecide = can('reviews:write');

  function takeNext() {
    if (!mayDecide || claimNext.isPending) return;
    claimNext.mutate(undefined, {
      onSuccess(review) {
        if (review) void navigate({ to: '/reviews/$reviewId', params: { reviewId: review.id } });
        else notifications.show({ message: 'Nothing waits: every open case is taken or decided.' });
      },
      onError: (error) =>
        notifications.show({ color: 'red', title: 'No case was taken', message: error.message }),
    });
  }

  useShortcuts('Queue', [
    { keys: 'n', label: 'Take the next case', run: takeNext },
    { keys: 'Enter', label: 'Take the next case', run: takeNext, hidden: true },
  ]);

  const open = query.data?.openCount;
  return (
    <Page
      title="Reviews"
      subtitle={
        open === undefined ? 'Cases that need a person' : `${plural(open, 'open case')}, oldest first`
      }
      fill
      actions={
        mayDecide && (
          <Button
            onClick={takeNext}
            loading={claimNext.isPending}
            rightSection={<IconArrowRight size={16} />}
            aria-keyshortcuts="n"
          >
            Take next case
            <Kbd size="xs" ml={10}>
              n
            </Kbd>
          </Button>
        )
      }
      bar={
        <SegmentedControl
          size="xs"
          aria-label="Show"
          value={status}
          onChange={(value) => void navigate({ to: '/reviews', search: { status: value as ReviewStatus } })}
          data={Object.entries(reviewStatuses).map(([value, label]) => ({ value, label }))}
        />
      }
    >
      <DataTable
        label="Reviews"
        rows={query.data?.rows}
        rowId={({ id }) => id}
        columns={status === 'open' ? openColumns(me.id) : closedColumns}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          status === 'open' ? (
            <Nothing icon={IconCoffee} title="Nothing waits for you">
              New cases appear here by themselves when a policy sends a session to review.
            </Nothing>
          ) : (
            <Nothing icon={IconCoffee} title={`No ${reviewStatuses[status].toLowerCase()} cases yet`} />
          )
        }
      />
    </Page>
  );
}

const caseColumn: Column<Review> = {
  id: 'case',
  header: 'Case',
  width: '22%',
  cell: ({ id, reference }) => (
    <RowLink to="/reviews/$reviewId" params={{ reviewId: id }}>
      {reference ?? `No reference · …${id.slice(-6)}`}
    </RowLink>
  ),
};

const policyColumn: Column<Review> = {
  id: 'policy',
  header: 'Policy',
  width: '18%',
  cell: ({ policy }) => (
    <>
      {policy.name}{' '}
      <Text span c="dimmed" size="xs">
        v{policy.version}
      </Text>
    </>
  ),
};

const whyColumn: Column<Review> = {
  id: 'why',
  header: 'Why',
  cell: ({ reasonCodes }) => (
    <Tooltip
      disabled={reasonCodes.length < 2}
      label={reasonCodes.map((code) => (
        <div key={code}>{factWords(code)}</div>
      ))}
    >
      <Group gap={6} wrap="nowrap" data-above w="fit-content" maw="100%">
        {reasonCodes.slice(0, 1).map((code) => (
          <Tag key={code} tone="amber">
            {factWords(code)}
          </Tag>
        ))}
        {reasonCodes.length > 1 && (
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            +{reasonCodes.length - 1}
          </Text>
        )}
      </Group>
    </Tooltip>
  ),
};

const openColumns = (myId: string): Column<Review>[] => [
  caseColumn,
  policyColumn,
  whyColumn,
  {
    id: 'age',
    header: 'Waiting',
    width: 100,
    align: 'right',
    cell: ({ createdAt }) => <Age since={createdAt} />,
  },
  {
    id: 'claim',
    header: 'Taken by',
    width: 170,
    cell: ({ claimedBy }) =>
      claimedBy ? (
        <Tag tone="blue">{claimedBy.id === myId ? 'You' : (claimedBy.name ?? 'Somebody else')}</Tag>
      ) : (
        <Text span c="dimmed" size="sm">
          Free
        </Text>
      ),
  },
];

const closedColumns: Column<Review>[] = [
  { ...caseColumn, width: '18%' },
  { ...policyColumn, width: '13%' },
  whyColumn,
  {
    id: 'decision',
    header: 'Decision',
    width: 120,
    cell: ({ decision }) => <OutcomeTag outcome={decision} />,
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 220,
    cell: ({ reasonCode }) => reasonCode && reasonLabel(reasonCode),
  },
  {
    id: 'decidedAt',
    header: 'When',
    width: 190,
    cell: ({ decidedAt, createdAt }) => <Time at={decidedAt ?? createdAt} />,
  },
];
