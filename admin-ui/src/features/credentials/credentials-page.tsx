import { Button, Kbd, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlugConnected, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useMe } from '../../api/me';
import { useShortcuts } from '../../ui/keyboard';
import { Page } from '../../ui/page';
import { Loaded, Nothing } from '../../ui/states';
import { AddCredentialModal } from './add-credential';
import { CredentialPanel } from './credential-panel';
import { type Credential, credentialsQuery } from './queries';

/** The tenant's applications at Yoti. */
export function CredentialsPage() {
  const { can } = useMe();
  const query = useInfiniteQuery(credentialsQuery);
  const [adding, { open, close }] = useDisclosure();
  // Kept until the next dialog, so that one that fades away doesn't change.
  const [replaced, setReplaced] = useState<Credential | null>(null);
  const mayWrite = can('credentials:write');
  const addInPlaceOf = (credential: Credential | null) => {
    setReplaced(credential);
    open();
  };
  const add = () => addInPlaceOf(null);
  useShortcuts('Credentials', mayWrite ? [{ keys: 'n', label: 'Add a credential', run: add }] : []);
  const addCredential = mayWrite && (
    <Button leftSection={<IconPlus size={16} />} onClick={add}>
      Add a credential
      <Kbd size="xs" ml={10}>
        n
      </Kbd>
    </Button>
  );
  return (
    <Page
      title="Yoti credentials"
      subtitle="The applications at Yoti that sessions are made with, one in use for each environment"
      actions={addCredential}
    >
      <Loaded query={query}>
        {(credentials) => (
          <Stack gap="md" maw={920}>
            {credentials.length === 0 && <NoCredential mayWrite={mayWrite} action={addCredential} />}
            {credentials.map((credential) => (
              <CredentialPanel
                key={credential.id}
                credential={credential}
                mayWrite={mayWrite}
                onReplace={() => addInPlaceOf(credential)}
              />
            ))}
            {query.hasNextPage && (
              <Button
                variant="default"
                loading={query.isFetchingNextPage}
                onClick={() => void query.fetchNextPage()}
              >
                Older credentials
              </Button>
            )}
          </Stack>
        )}
      </Loaded>
      <AddCredentialModal opened={adding} replaced={replaced} onClose={close} />
    </Page>
  );
}

function NoCredential({ mayWrite, action }: { mayWrite: boolean; action: ReactNode }) {
  return (
    <Nothing icon={IconPlugConnected} title="No Yoti credential yet" action={action}>
      {mayWrite
        ? 'Sessions need one: the SDK id and the private key of an application that you made in Yoti’s portal.'
        : 'Sessions need one. An admin of this tenant can add it.'}
    </Nothing>
  );
}
