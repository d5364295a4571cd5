import { Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyCode } from '../../ui/copy';
import { Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import { PolicyReader } from './policy-reader';
import { type Policy, versionQuery, versionsQuery } from './queries';

const FINGERPRINT_SHOWN = 16;

/** Everything that was ever published. */
export function Versions({ policy }: { policy: Policy }) {
  const query = useInfiniteQuery(versionsQuery(policy.id));
  const [opened, setOpened] = useState<number | null>(null);
  return (
    <Loaded query={query}>
      {(versions) => (
        <Stack gap="sm">
          {versions.length === 0 && (
            <Text c="dimmed">Nothing was published yet: the draft is all there is.</Text>
          )}
          {versions.map(({ version, publishedAt, fingerprint }) => (
            <Panel
              key={version}
              title={`Version ${version}`}
              actions={
                <>
                  {version === policy.publishedVersion && <Tag tone="green">In use</Tag>}
                  <Button size="compact-sm" variant="default" onClick={() => setOpened(version)}>
                    Read
                  </Button>
                </>
              }
            >
              <Group gap="lg">
                <Text size="sm" c="dimmed">
                  Published <Time at={publishedAt} />
                </Text>
                <CopyCode
                  value={fingerprint}
                  shown={`${fingerprint.slice(0, FINGERPRINT_SHOWN)}…`}
                  label="fingerprint"
                />
              </Group>
            </Panel>
          ))}
          {query.hasNextPage && (
            <Button
              variant="default"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
            >
              Older versions
            </Button>
          )}
          <Drawer
            opened={opened !== null}
            onClose={() => setOpened(null)}
            position="right"
            size="xl"
            title={`${policy.name}, version ${opened}`}
          >
            {opened !== null && <Version policyId={policy.id} version={opened} />}
          </Drawer>
        </Stack>
      )}
    </Loaded>
  );
}

function Version({ policyId, version }: { policyId: string; version: number }) {
  const query = useQuery(versionQuery(policyId, version));
  return (
    <Loaded query={query} loading={<Skeleton h={400} />}>
      {({ document }) => <PolicyReader document={document} />}
    </Loaded>
  );
}
