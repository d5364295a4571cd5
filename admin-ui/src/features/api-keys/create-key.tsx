import catalog from 'virtual:catalog';
import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { useMe } from '../../api/me';
import { fieldErrors } from '../../api/problem';
import { SecretOnce } from '../../ui/copy';
import { ProblemNote } from '../../ui/states';

type Scope = Schemas['CreateApiKey']['scopes'][number];

export function CreateKeyModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New API key" size="xl" closeOnClickOutside={false}>
      <CreateKey onClose={onClose} />
    </Modal>
  );
}

function CreateKey({ onClose }: { onClose: () => void }) {
  const { membership } = useMe();
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm<{ name: string; scopes: string[]; expires: string }>({
    initialValues: { name: '', scopes: ['sessions:write', 'sessions:read'], expires: '' },
    validate: {
      name: (name) => (name.trim() ? null : 'What the key is for'),
      scopes: (scopes) => (scopes.length > 0 ? null : 'At least one permission'),
    },
  });
  const create = useMutation({
    mutationFn: (body: Schemas['CreateApiKey']) =>
      unwrap(api.POST('/v1/api-keys', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['api-keys'] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (create.data) return <Created apiKey={create.data} onClose={onClose} />;

  function submit({ name, scopes, expires }: typeof form.values) {
    create.mutate({
      name,
      scopes: scopes as Scope[],
      ...(expires && { expiresAt: new Date(`${expires}T00:00:00`).toISOString() }),
    });
  }

  return (
    <form onSubmit={form.onSubmit(submit)} noValidate>
      <Stack gap="md">
        {create.error && <ProblemNote error={create.error} />}
        <Group grow align="flex-start">
          <TextInput
            label="Name"
            placeholder="Onboarding back end"
            data-autofocus
            maxLength={200}
            {...form.getInputProps('name')}
          />
          <TextInput
            label="Expires"
            description="Never, when left empty"
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            type="date"
            {...form.getInputProps('expires')}
          />
        </Group>
        <Checkbox.Group
          label="Permissions"
          description="Only what the system needs; you can give what you have"
          {...form.getInputProps('scopes')}
        >
          <SimpleGrid cols={2} spacing="xs" mt="sm">
            {membership?.scopes.map((scope) => (
              <Checkbox
                key={scope}
                size="sm"
                value={scope}
                label={scope}
                description={catalog.scopes[scope]}
              />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Created({ apiKey, onClose }: { apiKey: Schemas['CreatedApiKey']; onClose: () => void }) {
  return (
    <Stack gap="md">
      <SecretOnce
        title="Copy the key now"
        value={apiKey.key}
        hint="It is shown this once: Countersign keeps only a hash of it. Whoever has it can do what it permits."
      />
      <Text size="sm" c="dimmed">
        Send it as <code>Authorization: Bearer csk_…</code>
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
