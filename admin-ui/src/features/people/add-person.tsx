import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { SecretOnce } from '../../ui/copy';
import { ProblemNote } from '../../ui/states';
import { roleOptions } from './roles';

export function AddPersonModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a person" closeOnClickOutside={false}>
      <AddPerson onClose={onClose} />
    </Modal>
  );
}

function AddPerson({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm<Schemas['AddUser']>({
    initialValues: { email: '', name: '', role: 'reviewer' },
    validate: {
      email: (email) => (email.includes('@') ? null : 'An e-mail address'),
      name: (name) => (name.trim() ? null : 'A name'),
    },
  });
  const add = useMutation({
    mutationFn: (body: Schemas['AddUser']) =>
      unwrap(api.POST('/v1/users', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['people'] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (add.data) return <Added person={add.data} onClose={onClose} />;
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack gap="md">
        {add.error && <ProblemNote error={add.error} />}
        <TextInput
          label="E-mail"
          type="email"
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('email')}
        />
        <TextInput label="Name" autoComplete="off" {...form.getInputProps('name')} />
        <Radio.Group label="Role" {...form.getInputProps('role')}>
          <Stack gap="xs" mt="xs">
            {roleOptions.map(({ value, label, meaning }) => (
              <Radio key={value} value={value} label={label} description={meaning} />
            ))}
          </Stack>
        </Radio.Group>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add the person
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Added({ person, onClose }: { person: Schemas['AddedUser']; onClose: () => void }) {
  return (
    <Stack gap="md">
      {person.initialPassword ? (
        <SecretOnce
          title={`Password for ${person.name}`}
          value={person.initialPassword}
          hint="It is shown this once. Hand it over on a safe way."
        />
      ) : (
        <Text size="sm">
          {person.name} had an account already and can log in with the password they have.
        </Text>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
