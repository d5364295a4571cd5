import { Button, Group, Modal, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '../../api/client';
import { fieldErrors } from '../../api/problem';
import { ProblemNote } from '../../ui/states';
import { secretsQuery } from './queries';

interface Props {
  /** The one whose value is replaced; a new one when left out. */
  name?: string;
  opened: boolean;
  onClose: () => void;
}

export function SetSecretModal({ name, opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={name === undefined ? 'Add a secret' : `Replace the value of “${name}”`}
      closeOnClickOutside={false}
    >
      <SetSecret name={name} onClose={onClose} />
    </Modal>
  );
}

function SetSecret({ name: given, onClose }: Omit<Props, 'opened'>) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: given ?? '', value: '' },
    validate: {
      name: (name) =>
        /^[a-z0-9][a-z0-9._-]{0,62}$/.test(name)
          ? null
          : 'Lower-case letters, digits, dots, hyphens and underscores',
      value: (value) =>
        /^[\x21-\x7e]{1,4096}$/.test(value) ? null : 'The value, without spaces around it or in it',
    },
  });
  const set = useMutation({
    mutationFn: ({ name, value }: typeof form.values) =>
      unwrap(api.PUT('/v1/secrets/{name}', { params: { path: { name } }, body: { value } })),
    onSuccess() {
      void client.invalidateQueries({ queryKey: secretsQuery.queryKey });
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => set.mutate(values))} noValidate>
      <Stack gap="md">
        {set.error && <ProblemNote error={set.error} />}
        {given === undefined && (
          <TextInput
            label="Name"
            description="As policies name it"
            placeholder="watchlist-key"
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
        )}
        <PasswordInput
          label="Value"
          description="Stored encrypted and never shown again"
          autoComplete="off"
          data-autofocus={given === undefined ? undefined : true}
          {...form.getInputProps('value')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={set.isPending}>
            {given === undefined ? 'Add the secret' : 'Replace the value'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
