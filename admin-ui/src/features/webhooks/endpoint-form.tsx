import catalog from 'virtual:catalog';
import { Button, Checkbox, Group, Modal, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { fieldErrors } from '../../api/problem';
import { CopyCode, SecretOnce } from '../../ui/copy';
import { ProblemNote } from '../../ui/states';
import { type Endpoint, endpointsQuery, signatureNames } from './queries';

type EventName = Schemas['CreateWebhookEndpoint']['events'][number];

type Signature = Endpoint['signature'];

interface Values {
  url: string;
  /** Chosen when it is made; a rotation changes it. */
  signature: Signature;
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
    mutationFn: ({ url, description, events, signature }: Values) => {
      const body = { url, signature, events: events as EventName[], ...(description && { description }) };
      return unwrap(
        api.POST('/v1/webhook-endpoints', { body, headers: { 'Idempotency-Key': idempotency.keyFor(body) } }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: endpointsQuery.queryKey }),
  });
  if (create.data) return <SecretShown made={create.data} onClose={onClose} />;
  return (
    <EndpointForm
      initial={{
        url: '',
        signature: 'hmac',
        description: '',
        events: ['session.completed', 'session.decided', 'review.decided'],
      }}
      withSignature
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
    mutationFn: ({ url, description, events }: Values) =>
      unwrap(
        api.PATCH('/v1/webhook-endpoints/{id}', {
          params: { path: { id: endpoint.id } },
          headers: { 'If-Match': `"${endpoint.version}"` },
          body: { url, description, events: events as EventName[] },
        }),
      ),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
      onClose();
    },
  });
  const { url, description, events, signature } = endpoint;
  return (
    <EndpointForm
      initial={{ url, description, events, signature }}
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
  withSignature?: boolean;
  submitLabel: string;
  pending: boolean;
  error: Error | null;
  onSubmit: (values: Values) => void;
  onClose: () => void;
}

function EndpointForm({
  initial,
  withSignature = false,
  submitLabel,
  pending,
  error,
  onSubmit,
  onClose,
}: FormProps) {
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
        {withSignature && (
          <SignatureSelect
            value={form.values.signature}
            onChange={(value) => form.setFieldValue('signature', value)}
          />
        )}
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

/** How deliveries are signed. */
export function SignatureSelect({
  value,
  onChange,
}: {
  value: Signature;
  onChange: (value: Signature) => void;
}) {
  return (
    <Select
      label="Signature"
      description="With a key pair your system needs the public key only"
      allowDeselect={false}
      data={Object.entries(signatureNames).map(([kind, label]) => ({ value: kind, label }))}
      value={value}
      onChange={(kind) => kind && onChange(kind as Signature)}
    />
  );
}

/** The signing secret, this once; of a key pair the public key, which is no secret. */
export function SecretShown({
  made: { secret, publicKey },
  onClose,
}: {
  made: Schemas['WebhookEndpointWithSecret'];
  onClose: () => void;
}) {
  return (
    <Stack gap="md">
      {secret !== null && (
        <SecretOnce
          title="Copy the signing secret now"
          value={secret}
          hint="It is shown this once. Your system checks the webhook-signature header with it."
        />
      )}
      {publicKey !== null && (
        <Text size="sm" component="div">
          Your system checks the webhook-signature header with this public key, which stays to be seen:{' '}
          <CopyCode value={publicKey} label="public key" />
        </Text>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{secret === null ? 'Done' : 'I have copied it'}</Button>
      </Group>
    </Stack>
  );
}
