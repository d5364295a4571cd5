import { Group, Stack, Text } from '@mantine/core';
import { IconBan, IconCheck, IconClock, IconX } from '@tabler/icons-react';
import { Tag } from '../../ui/tag';
import { Time } from '../../ui/time';
import type { Link } from './queries';

type Email = Link['emails']['items'][number];

const looks = {
  pending: { tone: 'blue', icon: IconClock, text: 'Waiting' },
  sent: { tone: 'green', icon: IconCheck, text: 'Sent' },
  failed: { tone: 'red', icon: IconX, text: 'Failed' },
  cancelled: { tone: 'gray', icon: IconBan, text: 'Not sent' },
} as const satisfies Record<Email['status'], object>;

const reasons: Record<NonNullable<Email['reason']>, string> = {
  rejected: 'The mail server refused the address or the message.',
  sender_refused: 'The mail server refuses our sender. Tell the operator.',
  login: 'The mail server refuses our log-in. Tell the operator.',
  deferred: 'The mail server can’t take it yet.',
  timeout: 'The mail server didn’t answer in time.',
  dns: 'The mail server’s name is not known. Tell the operator.',
  connect: 'The mail server can’t be reached.',
  tls: 'The connection to the mail server can’t be secured. Tell the operator.',
  bad_response: 'The mail server answered with something unexpected.',
  link_ended: 'The link no longer worked.',
  server_failed: 'Something went wrong on our side.',
};

/** What became of the e-mails with a session's links. Their addresses are not shown: they are forgotten. */
export function LinkEmails({ emails }: { emails: Email[] }) {
  return (
    <Stack gap="xs" component="ul" aria-label="E-mails with the link" aria-live="polite" m={0} p={0}>
      {emails.map((email) => (
        <EmailLine key={email.id} email={email} />
      ))}
    </Stack>
  );
}

function EmailLine({ email: { status, reason, replyCode, createdAt, nextAttemptAt } }: { email: Email }) {
  const { tone, icon, text } = looks[status];
  return (
    <Group gap="xs" component="li" wrap="nowrap" align="flex-start">
      <Tag tone={tone} icon={icon}>
        {text}
      </Tag>
      <Text size="sm" component="div">
        E-mail of <Time at={createdAt} />
        {reason && (
          <Text size="xs" c="dimmed">
            {reasons[reason]}
            {replyCode !== null && ` (code ${replyCode})`}
            {status === 'pending' && nextAttemptAt && ' It is tried again by itself.'}
          </Text>
        )}
      </Text>
    </Group>
  );
}
