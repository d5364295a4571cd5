import catalog from 'virtual:catalog';
import { Button, Checkbox, Group, Modal, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { SecretOnce } from '../../ui/copy';
import { ProblemNote } from '../../ui/states';
import { type Endpoint, endpointsQuery } from './queries';

type EventName = Schemas['CreateWebhookEndpoint']['events'][number];

interface Values {
  url: string;
  description: string;
  events: string[];
}

/** Nobody subscribes to a test: it is sent to one endpoint on request. */
const subscribable = Object.entries(catalog.events).filter(([name]) => name !== 'endpoint.test');

/** Adds an endpoint, or changes one. */
export function EndpointModal({ endpoint, onClose }: { endpoint?: Endpoint; onClose: () => void }) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={endpoint ? 'Change the endpoint' : 'New endpoint'}
      size="lg"
      closeOnClickOutside={false}
    >
      {endpoint ? <Change endpoint={endpoint} onClose={onClose} /> : <Create onClose={onClose} />}
    </Modal>
  );
}

function Create({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const create = useMutation({
    mutationFn: ({ url, description, events }: Values) => {
      const body = { url, events: events as EventName[], ...(description && { description }) };
      return unwrap(
        api.POST('/v1/webhook-endpoints', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: endpointsQuery.queryKey }),
  });
  if (create.data) return <SecretShown secret={create.data.secret} onClose={onClose} />;
  return (
    <EndpointForm
      initial={{
        url: '',
        description: '',
        events: ['session.completed', 'session.decided', 'review.decided'],
      }}
      submitLabel="Add the endpoint"
      pending={create.isPending}
      error={create.error}
      onSubmit={create.mutate}
      onClose={onClose}
    />
  );
}

function Change({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ events, ...rest }: Values) =>
      unwrap(
        api.PATCH('/v1/webhook-endpoints/{id}', {
          params: { path: { id: endpoint.id } },
          headers: { 'If-Match': `"${endpoint.version}"` },
          body: { ...rest, events: events as EventName[] },
        }),
      ),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
      onClose();
    },
  });
  const { url, description, events } = endpoint;
  return (
    <EndpointForm
      initial={{ url, description, events }}
      submitLabel="Save"
      pending={change.isPending}
      error={change.error}
      onSubmit={change.mutate}
      onClose={onClose}
    />
  );
}

interface FormProps {
  initial: Values;
  submitLabel: string;
  pending: boolean;
  error: Error | null;
  onSubmit: (values: Values) => void;
  onClose: () => void;
}

function EndpointForm({ initial, submitLabel, pending, error, onSubmit, onClose }: FormProps) {
  const form = useForm<Values>({
    initialValues: initial,
    validate: {
      url: (url) => (/^https?:\/\/[^\s/]+/.test(url) ? null : 'An address that begins with https://'),
      events: (events) => (events.length > 0 ? null : 'At least one event'),
    },
  });
  const refused = fieldErrors(error);
  return (
    <form onSubmit={form.onSubmit(onSubmit)} noValidate>
      <Stack gap="md">
        {error && <ProblemNote error={error} />}
        <TextInput
          label="Address"
          placeholder="https://hooks.example/countersign"
          data-autofocus
          {...form.getInputProps('url')}
          error={form.errors.url ?? refused.url}
        />
        <TextInput
          label="Description"
          placeholder="Optional"
          maxLength={200}
          {...form.getInputProps('description')}
        />
        <Checkbox.Group label="Events" {...form.getInputProps('events')}>
          <SimpleGrid cols={2} spacing="xs" mt="xs">
            {subscribable.map(([name, summary]) => (
              <Checkbox key={name} size="sm" value={name} label={name} description={summary} />
            ))}
          </SimpleGrid>
        </Checkbox.Group>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button type="submit" loading={pending}>
            {submitLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The signing secret, this once. */
export function SecretShown({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack gap="md">
      <SecretOnce
        title="Copy the signing secret now"
        value={secret}
        hint="It is shown this once. Your system checks the webhook-signature header with it."
      />
      <Group justify="flex-end">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
