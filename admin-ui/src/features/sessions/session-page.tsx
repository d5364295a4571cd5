import { Alert, Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconEye, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { useMe } from '../../api/me';
import { ConfirmModal } from '../../ui/confirm';
import { CopyCode } from '../../ui/copy';
import { Facts } from '../../ui/facts';
import { ButtonLink, TextLink } from '../../ui/links';
import { Page, Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { SessionTag, StatusTag } from '../../ui/status';
import { Time } from '../../ui/time';
import { words } from '../../ui/words';
import { ClientLink } from './client-link';
import { DecisionExplained } from './decision';
import { Notifications } from './notifications';
import { isOpen, type Session, sessionQuery } from './queries';
import classes from './session-page.module.css';
import { SessionResultPanel } from './session-result';
import { Timeline } from './timeline';

export function SessionPage() {
  const { sessionId } = useParams({ from: '/shell/sessions/$sessionId' });
  const query = useQuery(sessionQuery(sessionId));
  const session = query.data;
  return (
    <Page
      title={session?.reference ?? 'Session'}
      subtitle={session && `${session.policy.name} v${session.policy.version}`}
      aside={session && <SessionTag session={session} />}
      actions={session && <Actions session={session} />}
    >
      <Loaded query={query}>{(loaded) => <Details key={loaded.id} session={loaded} />}</Loaded>
    </Page>
  );
}

function Actions({ session }: { session: Session }) {
  const { can } = useMe();
  const client = useQueryClient();
  const [confirming, confirm] = useDisclosure();
  const params = { path: { id: session.id } };
  const show = (changed: Session) => {
    client.setQueryData(sessionQuery(session.id).queryKey, changed);
    void client.invalidateQueries({ queryKey: ['sessions', 'timeline', session.id] });
  };
  const sync = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/sessions/{id}/sync', { params })),
    onSuccess: show,
  });
  const cancel = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/sessions/{id}/cancel', { params })),
    onSuccess(changed) {
      show(changed);
      confirm.close();
    },
  });
  return (
    <>
      {session.reviewId && can('reviews:read') && (
        <ButtonLink to="/reviews/$reviewId" params={{ reviewId: session.reviewId }} variant="default">
          Open the case
        </ButtonLink>
      )}
      {can('sessions:write') && (
        <>
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={sync.isPending}
            onClick={() => sync.mutate()}
          >
            Ask Yoti now
          </Button>
          {isOpen(session) && (
            <Button variant="default" leftSection={<IconBan size={16} />} onClick={confirm.open}>
              Cancel…
            </Button>
          )}
        </>
      )}
      <ConfirmModal
        opened={sync.error !== null}
        title="Yoti was not asked"
        onClose={() => sync.reset()}
        onConfirm={() => sync.mutate()}
        confirmLabel="Try again"
        pending={sync.isPending}
        error={sync.error}
      />
      <ConfirmModal
        opened={confirming}
        title="Cancel this session?"
        onClose={confirm.close}
        onConfirm={() => cancel.mutate()}
        confirmLabel="Cancel the session"
        danger
        pending={cancel.isPending}
        error={cancel.error}
      >
        The person’s link stops working at once. This can not be undone.
      </ConfirmModal>
    </>
  );
}

function Details({ session }: { session: Session }) {
  const { can } = useMe();
  const [viewing, setViewing] = useState(false);
  const mayView = can('results:read') && session.submittedAt !== null && session.status !== 'erased';
  return (
    <div className={classes.columns}>
      <Stack gap="md" miw={0}>
        {can('sessions:write') && isOpen(session) && <ClientLink sessionId={session.id} />}
        <SimpleGrid cols={{ base: 1, lg: session.decision ? 2 : 1 }} spacing="md">
          <Panel title="Facts">
            <SessionFacts session={session} />
          </Panel>
          {session.decision && (
            <Panel title="Decision">
              <DecisionExplained decision={session.decision} />
            </Panel>
          )}
        </SimpleGrid>
        {mayView && !viewing && (
          <Panel title="Result">
            <Group justify="space-between">
              <Text size="sm" c="dimmed" maw={480}>
                Pictures and data of the person. Every look is written to the audit trail, with your name.
              </Text>
              <Button variant="default" leftSection={<IconEye size={16} />} onClick={() => setViewing(true)}>
                View result
              </Button>
            </Group>
          </Panel>
        )}
        {viewing && <SessionResultPanel sessionId={session.id} mayLook={can('media:read')} />}
      </Stack>
      <Stack gap="md" miw={0}>
        <Panel title="Timeline">
          <Timeline sessionId={session.id} live={isOpen(session)} />
        </Panel>
        {can('notifications:read') && <Notifications sessionId={session.id} live={isOpen(session)} />}
      </Stack>
    </div>
  );
}

const time = (at: string | null) => at && <Time at={at} />;

function SessionFacts({ session }: { session: Session }) {
  const { policy, metadata, lastClientEvent: told } = session;
  return (
    <>
      {session.parkedReason && (
        <Alert color="yellow" variant="light" mb="sm" title="Countersign stopped asking Yoti">
          {words(session.parkedReason)}. “Ask Yoti now” starts it again.
        </Alert>
      )}
      <Facts
        items={[
          ['Status', <StatusTag key="status" status={session.status} />],
          ['Progress', words(session.progress)],
          ['Why it failed', session.failureCode && words(session.failureCode)],
          [
            'Policy',
            <TextLink key="policy" to="/policies/$policyId" params={{ policyId: policy.id }}>
              {policy.name} v{policy.version}
            </TextLink>,
          ],
          ['Environment', words(session.environment)],
          ['Session', <CopyCode key="id" value={session.id} label="session id" />],
          ['Language', session.locale],
          ['Created', time(session.createdAt)],
          ['Runs out', isOpen(session) ? time(session.expiresAt) : null],
          ['Submitted', time(session.submittedAt)],
          ['Closed', time(session.closedAt)],
          ['Yoti asked', time(session.syncedAt)],
          ['Why not since', session.syncError && words(session.syncError)],
          ['Client said', told && <ClientSaid key="told" told={told} />],
          ...Object.entries(metadata ?? {}).map(([name, value]): [string, string] => [name, value]),
        ]}
      />
    </>
  );
}

const retryWords: Record<string, string> = {
  same_session: 'They can try again with the same link.',
  new_session: 'They can try again in a new session.',
  no: 'Trying again in the same way won’t help.',
};

function ClientSaid({ told }: { told: NonNullable<Session['lastClientEvent']> }) {
  if (told.type === 'opened') return 'Opened on the phone by its QR code';
  if (told.meaning === null) return `${words(told.type)}${told.handOff ? ', on the phone' : ''}`;
  const code = told.code === null ? '' : `Code ${told.code}: `;
  return `${code}${told.meaning} ${told.retry ? retryWords[told.retry] : ''}`;
}
