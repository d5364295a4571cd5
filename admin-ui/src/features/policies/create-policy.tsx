import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { checkSlug, slugOf } from '../../ui/slug';
import { ProblemNote } from '../../ui/states';

export function CreatePolicyModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="New policy">
      <CreatePolicyForm onClose={onClose} />
    </Modal>
  );
}

function CreatePolicyForm({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const form = useForm({
    initialValues: { name: '', slug: '', description: '' },
    validate: { name: (name) => (name.trim() ? null : 'A name for people'), slug: checkSlug },
  });
  const create = useMutation({
    mutationFn: (body: Schemas['CreatePolicy']) =>
      unwrap(api.POST('/v1/policies', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } })),
    onSuccess(policy) {
      void client.invalidateQueries({ queryKey: ['policies', 'list'] });
      void navigate({ to: '/policies/$policyId', params: { policyId: policy.id } });
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form
      onSubmit={form.onSubmit(({ name, slug, description }) =>
        create.mutate({ name, slug, ...(description.trim() && { description }) }),
      )}
      noValidate
    >
      <Stack gap="md">
        {create.error && <ProblemNote error={create.error} />}
        <TextInput
          label="Name"
          placeholder="Identity"
          data-autofocus
          maxLength={200}
          {...form.getInputProps('name')}
          onChange={(event) => {
            const name = event.currentTarget.value;
            if (form.values.slug === slugOf(form.values.name)) form.setFieldValue('slug', slugOf(name));
            form.setFieldValue('name', name);
          }}
        />
        <TextInput
          label="Short name"
          description="What your code writes; it stays as it is"
          placeholder="identity"
          maxLength={63}
          {...form.getInputProps('slug')}
        />
        <Textarea
          label="Purpose"
          placeholder="Optional"
          autosize
          minRows={2}
          {...form.getInputProps('description')}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={create.isPending}>
            Create the policy
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
