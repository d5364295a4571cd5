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
  const client = useQueryClient();
  const [text, setText] = useState(tenant.frameAncestors.join('\n'));
  const change = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH('/v1/tenants/{id}', {
          params: { path: { id: tenant.id } },
          headers: { 'If-Match': `"${tenant.version}"` },
          body: { frameAncestors: text.split(/\s+/).filter(Boolean) },
        }),
      ),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ['tenants'] }),
  });
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
          <Button onClick={() => change.mutate()} loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
