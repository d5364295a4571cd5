import { Button, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { toString as toQrSvg } from 'qrcode';
import { Panel } from '../../ui/page';
import { Loaded } from '../../ui/states';
import { Age, useNow } from '../../ui/time';
import { formatSpan } from '../../ui/words';
import classes from './client-link.module.css';
import { LinkChanges } from './link-changes';
import { LinkEmails } from './link-emails';
import { type Link, linkQuery } from './queries';

/** The person's way in: a link to copy, scan or send, to take back and to make anew. */
export function ClientLink({ sessionId }: { sessionId: string }) {
  const query = useQuery(linkQuery(sessionId));
  return (
    <Panel title="Link for the person">
      <Loaded query={query}>{(link) => <LinkView link={link} />}</Loaded>
    </Panel>
  );
}

function LinkView({ link }: { link: Link }) {
  return (
    <Stack gap="md">
      {link.url === null ? (
        <Text size="sm">{stateWords[link.state]}</Text>
      ) : (
        <ActiveLink link={link} url={link.url} />
      )}
      <LinkChanges link={link} />
      {link.emails.items.length > 0 && <LinkEmails emails={link.emails.items} />}
    </Stack>
  );
}

const stateWords: Record<Link['state'], string> = {
  creating: 'The session is being created.',
  active: 'The person has a link that works.',
  revoked: 'The link was revoked: whoever opens it is told so.',
  expired: 'The link no longer works: its time has run out.',
  used_up: 'The link no longer works: the person has finished.',
  closed: 'The link no longer works: the session has ended.',
};

function ActiveLink({ link, url }: { link: Link; url: string }) {
  const now = useNow();
  const left = link.expiresAt ? (Date.parse(link.expiresAt) - now) / 1000 : 0;
  return (
    <div className={classes.box}>
      <QrCode text={url} />
      <Stack gap="sm" align="flex-start" miw={0}>
        <Text size="sm">
          Send this link to the person, or let them scan the code with their phone. It belongs to this one
          session.
        </Text>
        <code className={classes.link}>{url}</code>
        <Group gap="xs">
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button onClick={copy} leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}>
                {copied ? 'Copied' : 'Copy the link'}
              </Button>
            )}
          </CopyButton>
          <Button
            component="a"
            href={url}
            target="_blank"
            rel="noreferrer"
            variant="default"
            leftSection={<IconExternalLink size={16} />}
          >
            Open it here
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {left > 0 ? `Works for another ${formatSpan(left)}` : 'Its time has run out'}
          {' · '}
          {link.openedAt ? <Age since={link.openedAt} suffix=" since it was opened" /> : 'Not opened yet'}
        </Text>
      </Stack>
    </div>
  );
}

function QrCode({ text }: { text: string }) {
  const { data } = useQuery({
    queryKey: ['qr', text],
    queryFn: async () => {
      const svg = await toQrSvg(text, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' });
      return `data:image/svg+xml,${encodeURIComponent(svg)}`;
    },
    staleTime: Infinity,
  });
  if (!data) return <Skeleton w={168} h={168} />;
  return <img className={classes.code} src={data} alt="QR code of the link" width={168} height={168} />;
}
