import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { ProblemNote } from '../../ui/states';

interface Props {
  tenant: Schemas['Tenant'];
  onClose: () => void;
}

/** Which pages may show the tenant's hosted page inside themselves. */
export function EmbeddingModal({ tenant, onClose }: Props) {
  const [text, setText] = useState(tenant.frameAncestors.join('\n'));
  const change = useChange(tenant, onClose);
  return (
    <Modal opened onClose={onClose} title={`Embedding of ${tenant.name}`} closeOnClickOutside={false}>
      <Stack gap="md">
        {change.error && <ProblemNote error={change.error} />}
        <Textarea
          label="Origins"
          description="One a line. Their pages may show this tenant’s hosted page in a frame; without any, none may."
          placeholder="https://shop.example"
          autosize
          minRows={3}
          data-autofocus
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Back
          </Button>
          <Button onClick={() => change.mutate(text.split(/\s+/).filter(Boolean))} loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function useChange({ id, version }: Schemas['Tenant'], onSuccess: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (frameAncestors: string[]) =>
      unwrap(
        api.PATCH('/v1/tenants/{id}', {
          params: { path: { id } },
          headers: { 'If-Match': `"${version}"` },
          body: { frameAncestors },
        }),
      ),
    onSuccess,
    onSettled: () => client.invalidateQueries({ queryKey: ['tenants'] }),
  });
}
