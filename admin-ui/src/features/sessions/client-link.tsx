import { Button, CopyButton, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconCheck, IconCopy, IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { toString as toQrSvg } from 'qrcode';
import { Panel } from '../../ui/page';
import { useNow } from '../../ui/time';
import { formatSpan } from '../../ui/words';
import classes from './client-link.module.css';
import type { Session } from './queries';

/** The person's way in: a link to send, and a code to scan. */
export function ClientLink({ client }: { client: NonNullable<Session['client']> }) {
  const now = useNow();
  const left = (Date.parse(client.expiresAt) - now) / 1000;
  return (
    <Panel title="Link for the person">
      <div className={classes.box}>
        <QrCode text={client.hostedUrl} />
        <Stack gap="sm" align="flex-start" miw={0}>
          <Text size="sm">
            Send this link to the person, or let them scan the code with their phone. It belongs to this one
            session.
          </Text>
          <code className={classes.link}>{client.hostedUrl}</code>
          <Group gap="xs">
            <CopyButton value={client.hostedUrl}>
              {({ copied, copy }) => (
                <Button
                  onClick={copy}
                  leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
                >
                  {copied ? 'Copied' : 'Copy the link'}
                </Button>
              )}
            </CopyButton>
            <Button
              component="a"
              href={client.hostedUrl}
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
          </Text>
        </Stack>
      </div>
    </Panel>
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
