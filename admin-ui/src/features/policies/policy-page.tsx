import { Button, Skeleton, Tabs, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRosetteDiscountCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMe } from '../../api/me';
import { Page } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { DraftEditor } from './draft-editor';
import { PolicyReader } from './policy-reader';
import { Preview } from './preview';
import { PublishModal } from './publish';
import { type Policy, policyQuery } from './queries';
import { Versions } from './versions';

export function PolicyPage() {
  const { policyId } = useParams({ from: '/shell/policies/$policyId' });
  const query = useQuery(policyQuery(policyId));
  const policy = query.data?.value;
  return (
    <Page
      title={policy?.name ?? 'Policy'}
      subtitle={policy && (policy.description ? `${policy.slug} · ${policy.description}` : policy.slug)}
      aside={policy && <State policy={policy} />}
      actions={policy && query.data && <Publish policy={policy} etag={query.data.etag} />}
    >
      <Loaded query={query} loading={<Skeleton h={420} maw={860} />}>
        {({ value, etag }) => <Views policy={value} etag={etag} />}
      </Loaded>
    </Page>
  );
}

function State({ policy: { publishedVersion, draftChanged } }: { policy: Policy }) {
  if (publishedVersion === null) return <Tag tone="amber">Not published</Tag>;
  return (
    <>
      <Tag tone="green">Version {publishedVersion} in use</Tag>
      {draftChanged && <Tag tone="blue">Draft differs</Tag>}
    </>
  );
}

function Publish({ policy, etag }: { policy: Policy; etag: string }) {
  const { can } = useMe();
  const [opened, modal] = useDisclosure();
  const changed = policy.draftChanged || policy.publishedVersion === null;
  const next = (policy.publishedVersion ?? 0) + 1;
  if (!can('policies:write')) return null;
  return (
    <>
      <Tooltip label="The draft is what is in use already" disabled={changed}>
        <Button
          leftSection={<IconRosetteDiscountCheck size={16} />}
          data-disabled={!changed || undefined}
          aria-disabled={!changed}
          onClick={() => changed && modal.open()}
        >
          Publish version {next}…
        </Button>
      </Tooltip>
      {opened && <PublishModal policy={policy} etag={etag} next={next} onClose={modal.close} />}
    </>
  );
}

function Views({ policy, etag }: { policy: Policy; etag: string }) {
  const { can } = useMe();
  const [tab, setTab] = useState<string | null>('draft');
  const mayWrite = can('policies:write');
  return (
    <Tabs value={tab} onChange={setTab} keepMounted={false} maw={1080}>
      <Tabs.List mb="md">
        <Tabs.Tab value="draft">Draft</Tabs.Tab>
        {mayWrite && <Tabs.Tab value="edit">Edit as JSON</Tabs.Tab>}
        <Tabs.Tab value="preview">What Yoti gets</Tabs.Tab>
        <Tabs.Tab value="versions">Versions</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="draft">
        <PolicyReader document={policy.draft} />
      </Tabs.Panel>
      <Tabs.Panel value="edit">
        <DraftEditor key={etag} policy={policy} etag={etag} />
      </Tabs.Panel>
      <Tabs.Panel value="preview">
        <Preview policy={policy} />
      </Tabs.Panel>
      <Tabs.Panel value="versions">
        <Versions policy={policy} />
      </Tabs.Panel>
    </Tabs>
  );
}
