import { Button, FileButton, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { ProblemNote } from '../../ui/states';
import classes from './add-credential.module.css';
import { type Credential, credentialsQuery } from './queries';
import { UseCredential } from './use-credential';

const YOTI_API = 'https://api.yoti.com/idverify/v1';
const MAX_PEM_BYTES = 16_384;

interface Props {
  /** The credential in whose place the new one comes; null for one more. */
  replaced: Credential | null;
  onClose: () => void;
}

/** Adds a credential, checks it at once, and offers to put it into use. */
export function AddCredentialModal({ opened, replaced, onClose }: Props & { opened: boolean }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={replaced ? `Replace “${replaced.name}”` : 'Add a Yoti credential'}
      size="lg"
      closeOnClickOutside={false}
    >
      <AddCredential replaced={replaced} onClose={onClose} />
    </Modal>
  );
}

/** Stores the credential and checks it. One that can't be checked now is stored all the same. */
async function addAndCheck(body: Schemas['CreateCredential'], idempotencyKey: string): Promise<Credential> {
  const headers = { 'Idempotency-Key': idempotencyKey };
  const added = await unwrap(api.POST('/v1/credentials', { body, headers }));
  const params = { path: { id: added.id } };
  return unwrap(api.POST('/v1/credentials/{id}/check', { params })).catch(() => added);
}

function AddCredential({ replaced, onClose }: Props) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm<Schemas['CreateCredential']>({
    initialValues: {
      name: '',
      sdkId: replaced?.sdkId ?? '',
      apiUrl: replaced?.apiUrl ?? YOTI_API,
      privateKeyPem: '',
    },
    validate: {
      name: (name) => (name.trim() ? null : 'A name for people'),
      sdkId: (id) =>
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? null : 'The SDK id looks like 5d4a0b8e-…',
      privateKeyPem: (pem) =>
        pem.includes('PRIVATE KEY') ? null : 'The file begins with -----BEGIN … PRIVATE KEY-----',
    },
  });
  const add = useMutation({
    mutationFn: (body: Schemas['CreateCredential']) => addAndCheck(body, idempotency.keyFor(body)),
    // The key isn't kept in the page.
    onSuccess: () => form.reset(),
    onSettled: () => client.invalidateQueries({ queryKey: credentialsQuery.queryKey }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });

  async function read(file: File | null) {
    if (!file) return;
    if (file.size > MAX_PEM_BYTES) form.setFieldError('privateKeyPem', 'This file is too large for a key.');
    else form.setFieldValue('privateKeyPem', await file.text());
  }

  if (add.data) return <UseCredential added={add.data} onClose={onClose} />;
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack gap="md">
        {replaced && (
          <Text size="sm">
            Give the application’s new key, or another application’s SDK id and key. “{replaced.name}” stays
            in use until the new one has been checked and put into use.
          </Text>
        )}
        {add.error && <ProblemNote error={add.error} />}
        <TextInput
          label="Name"
          placeholder="Production"
          data-autofocus
          maxLength={200}
          {...form.getInputProps('name')}
        />
        <TextInput
          label="SDK id"
          description="From the application’s page in Yoti’s portal"
          autoComplete="off"
          {...form.getInputProps('sdkId')}
        />
        <TextInput
          label="API address"
          description="One of those the operator allows"
          {...form.getInputProps('apiUrl')}
        />
        <Textarea
          label="Private key (PEM)"
          description="Stored encrypted and never shown again"
          placeholder="-----BEGIN RSA PRIVATE KEY-----"
          rows={6}
          spellCheck={false}
          autoComplete="off"
          classNames={{ input: classes.pem }}
          {...form.getInputProps('privateKeyPem')}
        />
        <Group justify="space-between" gap="xs">
          <FileButton onChange={(file) => void read(file)} accept=".pem,.key,application/x-pem-file">
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileUpload size={16} />}>
                From a file
              </Button>
            )}
          </FileButton>
          <Group gap="xs">
            <Button variant="default" onClick={onClose}>
              Back
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add the credential
            </Button>
          </Group>
        </Group>
      </Stack>
    </form>
  );
}
