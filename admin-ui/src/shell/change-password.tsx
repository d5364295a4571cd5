import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../api/client';
import { fieldErrors } from '../api/problem';
import { ProblemNote } from '../ui/states';

const MIN_LENGTH = 12;

export function ChangePasswordModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Change your password" closeOnClickOutside={false}>
      <ChangePassword onClose={onClose} />
    </Modal>
  );
}

function ChangePassword({ onClose }: { onClose: () => void }) {
  const form = useForm<Schemas['ChangePassword']>({
    initialValues: { currentPassword: '', newPassword: '' },
    validate: {
      currentPassword: (password) => (password ? null : 'The password you have now'),
      newPassword: (password) => (password.length >= MIN_LENGTH ? null : `At least ${MIN_LENGTH} characters`),
    },
  });
  const change = useMutation({
    mutationFn: (body: Schemas['ChangePassword']) => unwrap(api.POST('/v1/auth/password', { body })),
    onSuccess() {
      notifications.show({ message: 'The password is changed. Your other log-ins have ended.' });
      onClose();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
      <Stack gap="md">
        {change.error && <ProblemNote error={change.error} />}
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          data-autofocus
          {...form.getInputProps('currentPassword')}
        />
        <PasswordInput
          label="New password"
          description={`At least ${MIN_LENGTH} characters; several words are easy to remember`}
          autoComplete="new-password"
          {...form.getInputProps('newPassword')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={change.isPending}>
            Change the password
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
