import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, unwrap } from '../../api/client';
import { useIdempotencyKey } from '../../api/idempotency';
import { Loaded, ProblemNote } from '../../ui/states';
import { Findings } from './preview';
import { type Policy, previewQuery } from './queries';

interface Props {
  policy: Policy;
  etag: string;
  next: number;
  onClose: () => void;
}

/** Shows what Yoti would say, then makes the draft the version in use. */
export function PublishModal({ policy, etag, next, onClose }: Props) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  const preview = useQuery(previewQuery(policy.id, policy.version));
  const publish = useMutation({
    mutationFn: () =>
      unwrap(
        api.POST('/v1/policies/{id}/versions/{n}/publish', {
          params: { path: { id: policy.id, n: next } },
          headers: { 'If-Match': etag, 'Idempotency-Key': idempotency.keyFor([policy.id, next, etag]) },
        }),
      ),
    onSuccess() {
      void client.invalidateQueries({ queryKey: ['policies'] });
      notifications.show({ message: `Version ${next} is in use for new sessions.` });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Publish version ${next}`} size="lg">
      <Stack gap="md">
        <Text size="sm">
          New sessions use it from then on. A published version never changes, and the sessions that run stay
          with theirs.
        </Text>
        <Loaded query={preview}>
          {({ errors, warnings }) => <Findings errors={errors} warnings={warnings} />}
        </Loaded>
        {publish.error && <ProblemNote error={publish.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button
            loading={publish.isPending}
            disabled={!preview.data || preview.data.errors.length > 0}
            onClick={() => publish.mutate()}
          >
            Publish version {next}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
