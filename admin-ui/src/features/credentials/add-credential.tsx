import { Button, FileButton, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconFileUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { ProblemNote } from '../../ui/states';
import classes from './add-credential.module.css';

const YOTI_API = 'https://api.yoti.com/idverify/v1';
const MAX_PEM_BYTES = 16_384;

export function AddCredentialModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add a Yoti credential"
      size="lg"
      closeOnClickOutside={false}
    >
      <AddCredential onClose={onClose} />
    </Modal>
  );
}

function AddCredential({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm<Schemas['CreateCredential']>({
    initialValues: { name: '', sdkId: '', apiUrl: YOTI_API, privateKeyPem: '' },
    validate: {
      name: (name) => (name.trim() ? null : 'A name for people'),
      sdkId: (id) =>
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? null : 'The SDK id looks like 5d4a0b8e-…',
      privateKeyPem: (pem) =>
        pem.includes('PRIVATE KEY') ? null : 'The file begins with -----BEGIN … PRIVATE KEY-----',
    },
  });
  const add = useMutation({
    mutationFn: (body: Schemas['CreateCredential']) =>
      unwrap(api.POST('/v1/credentials', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } })),
    onSuccess() {
      void client.invalidateQueries({ queryKey: ['credentials'] });
      form.reset();
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });

  async function read(file: File | null) {
    if (!file) return;
    if (file.size > MAX_PEM_BYTES) form.setFieldError('privateKeyPem', 'This file is too large for a key.');
    else form.setFieldValue('privateKeyPem', await file.text());
  }

  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack gap="md">
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
