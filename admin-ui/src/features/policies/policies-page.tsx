import { Button, Kbd, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFileCertificate, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMe } from '../../api/me';
import { type Column, DataTable, RowLink } from '../../ui/data-table';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Nothing } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import { CreatePolicyModal } from './create-policy';
import { policiesQuery, type PolicyItem } from './queries';

/** The session templates of the tenant. */
export function PoliciesPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(policiesQuery);
  const [creating, create] = useDisclosure();
  const mayWrite = can('policies:write');
  useShortcuts('Policies', mayWrite ? [{ keys: 'n', label: 'New policy', run: create.open }] : []);
  const newPolicy = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.open}>
      New policy
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Policies"
      subtitle="What is asked of a person, and how the answer is decided"
      fill
      actions={newPolicy}
    >
      <DataTable
        label="Policies"
        columns={columns}
        rows={query.data}
        rowId={({ id }) => id}
        error={query.error}
        onRetry={() => void query.refetch()}
        hasMore={query.hasNextPage}
        loadingMore={query.isFetchingNextPage}
        onMore={() => void query.fetchNextPage()}
        empty={
          <Nothing icon={IconFileCertificate} title="No policies yet" action={newPolicy}>
            A policy is needed before the first session. A new one starts with a document, a selfie and a face
            match.
          </Nothing>
        }
      />
      <CreatePolicyModal opened={creating} onClose={create.close} />
    </Page>
  );
}

const columns: Column<PolicyItem>[] = [
  {
    id: 'name',
    header: 'Policy',
    width: '28%',
    cell: ({ id, name }) => (
      <RowLink to="/policies/$policyId" params={{ policyId: id }}>
        {name}
      </RowLink>
    ),
  },
  { id: 'slug', header: 'Short name', width: '18%', cell: ({ slug }) => <code>{slug}</code> },
  {
    id: 'description',
    header: 'Purpose',
    cell: ({ description }) => (
      <Text span c="dimmed" size="sm" lineClamp={1}>
        {description}
      </Text>
    ),
  },
  {
    id: 'version',
    header: 'In use',
    width: 130,
    cell: ({ publishedVersion }) =>
      publishedVersion === null ? (
        <Tag tone="amber">Not published</Tag>
      ) : (
        <Tag tone="green">Version {publishedVersion}</Tag>
      ),
  },
  {
    id: 'draft',
    header: 'Draft',
    width: 120,
    cell: ({ draftChanged, publishedVersion }) =>
      draftChanged && publishedVersion !== null ? <Tag tone="blue">Changed</Tag> : null,
  },
  { id: 'updated', header: 'Changed', width: 180, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];
