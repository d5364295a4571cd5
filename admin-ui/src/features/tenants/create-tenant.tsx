import { Button, Fieldset, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { fieldErrors } from '../../api/problem';
import { SecretOnce } from '../../ui/copy';
import { checkSlug, slugOf } from '../../ui/slug';
import { ProblemNote } from '../../ui/states';

export function CreateTenantModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New tenant" closeOnClickOutside={false}>
      <CreateTenant onClose={onClose} />
    </Modal>
  );
}

function CreateTenant({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const form = useForm({
    initialValues: { name: '', slug: '', adminName: '', email: '' },
    validate: {
      name: (name) => (name.trim() ? null : 'A name for people'),
      slug: checkSlug,
      adminName: (name) => (name.trim() ? null : 'A name'),
      email: (email) => (email.includes('@') ? null : 'An e-mail address'),
    },
  });
  const create = useMutation({
    mutationFn: (body: Schemas['CreateTenant']) => unwrap(api.POST('/v1/tenants', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['tenants'] }),
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  if (create.data) return <Created created={create.data} onClose={onClose} />;
  return (
    <form
      onSubmit={form.onSubmit(({ name, slug, adminName, email }) =>
        create.mutate({ name, slug, admin: { name: adminName, email } }),
      )}
      noValidate
    >
      <Stack gap="md">
        {create.error && <ProblemNote error={create.error} />}
        <TextInput
          label="Name"
          placeholder="Retail banking"
          data-autofocus
          maxLength={200}
          {...form.getInputProps('name')}
          onChange={(event) => {
            const name = event.currentTarget.value;
            if (form.values.slug === slugOf(form.values.name)) form.setFieldValue('slug', slugOf(name));
            form.setFieldValue('name', name);
          }}
        />
        <TextInput label="Short name" placeholder="retail" maxLength={63} {...form.getInputProps('slug')} />
        <Fieldset legend="First admin">
          <Stack gap="sm">
            <TextInput label="Name" autoComplete="off" {...form.getInputProps('adminName')} />
            <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
          </Stack>
        </Fieldset>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create the tenant
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Created({
  created: { tenant, admin },
  onClose,
}: {
  created: Schemas['CreatedTenant'];
  onClose: () => void;
}) {
  return (
    <Stack gap="md">
      <Text size="sm">
        {tenant.name} is ready. Its first admin logs in as <b>{admin.email}</b>.
      </Text>
      {admin.initialPassword ? (
        <SecretOnce
          title="Password of the first admin"
          value={admin.initialPassword}
          hint="It is shown this once. Hand it over on a safe way."
        />
      ) : (
        <Text size="sm">They had an account already and keep their password.</Text>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
