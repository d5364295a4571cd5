import { Text } from '@mantine/core';
import { infiniteQueryOptions, useInfiniteQuery } from '@tanstack/react-query';
import { api, unwrap } from '../../api/client';
import { allItems, paging } from '../../api/query-client';
import { Facts } from '../../ui/facts';
import { Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { formatTime, words } from '../../ui/words';

const REFRESH_MS = 5000;

const notificationsQuery = (sessionId: string, live: boolean) =>
  infiniteQueryOptions({
    queryKey: ['sessions', 'notifications', sessionId],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/v1/notifications', { params: { query: { sessionId, after: pageParam } }, signal })),
    ...paging,
    select: allItems,
    refetchInterval: live ? REFRESH_MS : false,
  });

/** What Yoti sent about the session, as it was received. */
export function Notifications({ sessionId, live }: { sessionId: string; live: boolean }) {
  const query = useInfiniteQuery(notificationsQuery(sessionId, live));
  return (
    <Panel title="Notifications from Yoti">
      <Loaded query={query}>
        {(items) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              None so far. Countersign also asks by itself.
            </Text>
          ) : (
            <Facts
              items={items.map(({ id, topic, receivedAt }) => [
                formatTime(receivedAt),
                <span key={id}>{words(topic)}</span>,
              ])}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
