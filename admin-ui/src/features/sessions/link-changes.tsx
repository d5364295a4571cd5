import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLinkOff, IconMail, IconRefresh } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { api, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { useMe } from '../../api/me';
import { ConfirmModal } from '../../ui/confirm';
import { ProblemNote } from '../../ui/states';
import { EmailLinkModal } from './email-link';
import type { Link } from './queries';
import { useRefresh } from './refresh-link';

/** Sending the link, taking it back, and making another. */
export function LinkChanges({ link }: { link: Link }) {
  const { can } = useMe();
  if (!can('sessions:write')) return null;
  return link.state === 'active' || link.state === 'revoked' ? <Buttons link={link} /> : null;
}

function Buttons({ link }: { link: Link }) {
  const isActive = link.state === 'active';
  const [sending, send] = useDisclosure();
  const [replacing, replace] = useDisclosure();
  const reissue = useReissue(link.sessionId, replace.close);
  const newLink = useFocusWhen(!isActive);
  return (
    <>
      <Group gap="xs">
        {isActive && link.emails.available && (
          <Button
            variant="default"
            leftSection={<IconMail size={16} />}
            onClick={send.open}
            disabled={link.emails.remaining === 0}
          >
            Send by e-mail…
          </Button>
        )}
        <Button
          ref={newLink}
          variant="default"
          leftSection={<IconRefresh size={16} />}
          onClick={isActive ? replace.open : () => reissue.mutate()}
          loading={reissue.isPending}
        >
          {isActive ? 'Replace…' : 'Make a new link'}
        </Button>
        {isActive && <Revoke sessionId={link.sessionId} />}
      </Group>
      {isActive && <EmailHint emails={link.emails} />}
      {!isActive && reissue.error && <ProblemNote error={reissue.error} />}
      <EmailLinkModal opened={sending} link={link} onClose={send.close} />
      <ConfirmModal
        opened={replacing}
        title="Replace the link?"
        onClose={replace.close}
        onConfirm={() => reissue.mutate()}
        confirmLabel="Make a new link"
        pending={reissue.isPending}
        error={reissue.error}
      >
        The link that you see now stops working at once. Give the new one to the person.
      </ConfirmModal>
    </>
  );
}

function EmailHint({ emails: { available, remaining } }: Pick<Link, 'emails'>) {
  if (available && remaining > 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {available
        ? 'The link was sent by e-mail as often as is allowed for one session.'
        : 'This installation can’t send e-mail: its operator has set up no mail server.'}
    </Text>
  );
}

function Revoke({ sessionId }: { sessionId: string }) {
  const [asking, ask] = useDisclosure();
  const refresh = useRefresh(sessionId);
  const revoke = useMutation({
    async mutationFn() {
      await unwrap(api.DELETE('/v1/sessions/{id}/link', { params: { path: { id: sessionId } } }));
    },
    onSuccess() {
      ask.close();
      return refresh();
    },
  });
  return (
    <>
      <Button variant="default" leftSection={<IconLinkOff size={16} />} onClick={ask.open}>
        Revoke…
      </Button>
      <ConfirmModal
        opened={asking}
        title="Revoke the link?"
        onClose={ask.close}
        onConfirm={() => revoke.mutate()}
        confirmLabel="Revoke the link"
        danger
        pending={revoke.isPending}
        error={revoke.error}
      >
        It stops working at once. You can make a new one as long as the session is open.
      </ConfirmModal>
    </>
  );
}

function useReissue(sessionId: string, done: () => void) {
  const idempotency = useIdempotencyKey();
  const refresh = useRefresh(sessionId);
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST('/v1/sessions/{id}/link', {
          params: { path: { id: sessionId } },
          headers: { 'Idempotency-Key': idempotency.keyFor(sessionId) },
        }),
      ),
    onSuccess() {
      idempotency.done();
      done();
      return refresh();
    },
  });
}

/** Takes the focus over when the button that had it goes away. */
function useFocusWhen(gone: boolean) {
  const ref = useRef<HTMLButtonElement>(null);
  const before = useRef(gone);
  useEffect(() => {
    if (gone && !before.current && document.activeElement === document.body) ref.current?.focus();
    before.current = gone;
  }, [gone]);
  return ref;
}
