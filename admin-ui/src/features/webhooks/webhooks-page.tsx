import { Button, Kbd, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMe } from '../../api/me';
import { useShortcuts } from '../../ui/keyboard';
import { ButtonLink } from '../../ui/links';
import { Page } from '../../ui/page';
import { Loaded, Nothing } from '../../ui/states';
import { EndpointModal } from './endpoint-form';
import { EndpointPanel } from './endpoint-panel';
import { endpointsQuery } from './queries';

/** Where events are sent. */
export function WebhooksPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(endpointsQuery);
  const [creating, create] = useDisclosure();
  const mayWrite = can('webhooks:write');
  useShortcuts('Webhooks', mayWrite ? [{ keys: 'n', label: 'New endpoint', run: create.open }] : []);
  const newEndpoint = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={create.open}>
      New endpoint
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Webhooks"
      subtitle="Your systems hear of events, signed as Standard Webhooks says"
      actions={
        <>
          <ButtonLink to="/deliveries" variant="default">
            All deliveries
          </ButtonLink>
          {newEndpoint}
        </>
      }
    >
      <Loaded query={query}>
        {(endpoints) => (
          <Stack gap="md" maw={1080}>
            {endpoints.length === 0 && (
              <Nothing icon={IconWebhook} title="No endpoints yet" action={newEndpoint}>
                Add an address of yours, and choose which events it hears of.
              </Nothing>
            )}
            {endpoints.map((endpoint) => (
              <EndpointPanel key={endpoint.id} endpoint={endpoint} mayWrite={mayWrite} />
            ))}
            {query.hasNextPage && (
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                More endpoints
              </Button>
            )}
          </Stack>
        )}
      </Loaded>
      {creating && <EndpointModal onClose={create.close} />}
    </Page>
  );
}
