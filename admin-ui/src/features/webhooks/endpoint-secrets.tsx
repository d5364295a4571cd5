import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { ConfirmModal } from '../../ui/confirm';
import { CopyCode } from '../../ui/copy';
import { ProblemNote } from '../../ui/states';
import { Time } from '../../ui/time';
import { SecretShown, SignatureSelect } from './endpoint-form';
import { type Endpoint, endpointsQuery, signatureNames } from './queries';

/** What its deliveries are signed with. */
export function EndpointSecrets({ endpoint, mayWrite }: { endpoint: Endpoint; mayWrite: boolean }) {
  const { signature, publicKey, retiringSecrets } = endpoint;
  const [ending, setEnding] = useState<string | null>(null);
  return (
    <Stack gap={6}>
      <Text size="sm" component="div">
        Signed with {signatureNames[signature]}
        {publicKey && (
          <>
            {', public key '}
            <CopyCode value={publicKey} label="public key" />
          </>
        )}
      </Text>
      {retiringSecrets.map((secret) => (
        <Group key={secret.id} gap="xs">
          <Text size="sm">
            An older {signatureNames[secret.signature]} signs as well until <Time at={secret.endsAt} />
          </Text>
          {mayWrite && (
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => setEnding(secret.id)}>
              End it now…
            </Button>
          )}
        </Group>
      ))}
      {ending && <EndModal endpoint={endpoint} secretId={ending} onClose={() => setEnding(null)} />}
    </Stack>
  );
}

function EndModal({
  endpoint,
  secretId,
  onClose,
}: {
  endpoint: Endpoint;
  secretId: string;
  onClose: () => void;
}) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: async () => {
      const path = { id: endpoint.id, secretId };
      await unwrap(api.DELETE('/v1/webhook-endpoints/{id}/secrets/{secretId}', { params: { path } }));
    },
    async onSuccess() {
      onClose();
      await client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
    },
  });
  return (
    <ConfirmModal
      opened
      title="End the older secret now?"
      confirmLabel="End it"
      danger
      pending={end.isPending}
      error={end.error}
      onConfirm={() => end.mutate()}
      onClose={onClose}
    >
      A system that checks deliveries with it refuses them from then on.
    </ConfirmModal>
  );
}

const HOUR = 60 * 60;
const overlaps = [
  { value: String(24 * HOUR), label: 'for a day' },
  { value: String(HOUR), label: 'for an hour' },
  { value: String(7 * 24 * HOUR), label: 'for a week' },
  { value: '0', label: 'not at all: it has leaked' },
];

/** Makes a new secret; the one before signs as well for a while. */
export function RotateModal({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const [overlap, setOverlap] = useState(String(24 * HOUR));
  const [signature, setSignature] = useState(endpoint.signature);
  const rotate = useMutation({
    mutationFn: () => {
      const body = { overlapSeconds: Number(overlap), signature };
      return unwrap(
        api.POST('/v1/webhook-endpoints/{id}/rotate-secret', {
          params: { path: { id: endpoint.id } },
          headers: { 'Idempotency-Key': idempotency.keyFor(body) },
          body,
        }),
      );
    },
    onSuccess: () => client.invalidateQueries({ queryKey: endpointsQuery.queryKey }),
  });
  return (
    <Modal opened onClose={onClose} title="Make a new signing secret" closeOnClickOutside={false}>
      {rotate.data ? (
        <SecretShown made={rotate.data} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rotate.mutate();
          }}
        >
          <Stack gap="md">
            {rotate.error && <ProblemNote error={rotate.error} />}
            <Text size="sm">
              Deliveries are signed with the new one from then on, and with the old one as well for as long as
              your systems need to change over.
            </Text>
            <SignatureSelect value={signature} onChange={setSignature} />
            <Select
              label="The old one signs as well"
              data={overlaps}
              allowDeselect={false}
              value={overlap}
              onChange={(value) => value && setOverlap(value)}
              data-autofocus
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Back
              </Button>
              <Button type="submit" loading={rotate.isPending}>
                Make a new secret
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
