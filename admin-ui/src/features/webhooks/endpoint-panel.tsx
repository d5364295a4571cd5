import { ActionIcon, Button, Group, Menu, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import {
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconRepeat,
  IconRotate,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, unwrap } from '../../api/client';
import { ConfirmModal } from '../../ui/confirm';
import { ButtonLink } from '../../ui/links';
import { Panel } from '../../ui/page';
import { Tag } from '../../ui/tag';
import { EndpointModal } from './endpoint-form';
import { EndpointHealth } from './endpoint-health';
import { ReplayModal } from './endpoint-replay';
import { EndpointSecrets, RotateModal } from './endpoint-secrets';
import classes from './endpoint-panel.module.css';
import { type Endpoint, endpointsQuery } from './queries';

const disabledReasons = {
  by_hand: 'Disabled',
  gone: 'Disabled: it answered “gone”',
  failing: 'Disabled: it only failed',
};

type Dialog = 'change' | 'rotate' | 'replay' | 'delete';

/** One endpoint and what can be done with it. */
export function EndpointPanel({ endpoint, mayWrite }: { endpoint: Endpoint; mayWrite: boolean }) {
  const { id, url, description, events, status, disabledReason, failingSince } = endpoint;
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const { test, toggle } = useEndpointActions(endpoint);
  const close = () => setDialog(null);
  return (
    <Panel
      title={description || 'Endpoint'}
      actions={
        <>
          {status === 'enabled' ? (
            <Tag tone={failingSince ? 'amber' : 'green'}>{failingSince ? 'Failing' : 'Enabled'}</Tag>
          ) : (
            <Tag tone="gray">{disabledReasons[disabledReason ?? 'by_hand']}</Tag>
          )}
          <ButtonLink to="/deliveries" search={{ endpointId: id }} size="compact-sm" variant="default">
            Deliveries
          </ButtonLink>
          {mayWrite && (
            <>
              <Button
                size="compact-sm"
                variant="default"
                disabled={status !== 'enabled'}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                Send a test
              </Button>
              <EndpointMenu
                enabled={status === 'enabled'}
                onToggle={() => toggle.mutate()}
                onDialog={setDialog}
              />
            </>
          )}
        </>
      }
    >
      <Stack gap={10}>
        <EndpointHealth endpoint={endpoint} />
        <code className={classes.url}>{url}</code>
        <Group gap={6}>
          {events.map((event) => (
            <Tag key={event}>{event}</Tag>
          ))}
        </Group>
        <EndpointSecrets endpoint={endpoint} mayWrite={mayWrite} />
      </Stack>
      {dialog === 'change' && <EndpointModal endpoint={endpoint} onClose={close} />}
      {dialog === 'rotate' && <RotateModal endpoint={endpoint} onClose={close} />}
      {dialog === 'replay' && <ReplayModal endpoint={endpoint} onClose={close} />}
      {dialog === 'delete' && <DeleteModal endpoint={endpoint} onClose={close} />}
    </Panel>
  );
}

interface MenuProps {
  enabled: boolean;
  onToggle: () => void;
  onDialog: (dialog: Dialog) => void;
}

const EndpointMenu = ({ enabled, onToggle, onDialog }: MenuProps) => (
  <Menu position="bottom-end" width={230}>
    <Menu.Target>
      <ActionIcon aria-label="More">
        <IconDots size={18} />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => onDialog('change')}>
        Change…
      </Menu.Item>
      <Menu.Item leftSection={<IconRotate size={16} />} onClick={() => onDialog('rotate')}>
        New signing secret…
      </Menu.Item>
      <Menu.Item
        leftSection={<IconRepeat size={16} />}
        disabled={!enabled}
        onClick={() => onDialog('replay')}
      >
        Send past events again…
      </Menu.Item>
      <Menu.Item
        leftSection={enabled ? <IconPlayerPause size={16} /> : <IconPlayerPlay size={16} />}
        onClick={onToggle}
      >
        {enabled ? 'Disable' : 'Enable'}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => onDialog('delete')}>
        Delete…
      </Menu.Item>
    </Menu.Dropdown>
  </Menu>
);

function useEndpointActions({ id, status, version }: Endpoint) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
  const fail = (title: string) => (error: Error) => {
    notifications.show({ color: 'red', title, message: error.message });
  };
  const test = useMutation({
    mutationFn: () => unwrap(api.POST('/v1/webhook-endpoints/{id}/test', { params: { path: { id } } })),
    onSuccess: (delivery) => navigate({ to: '/deliveries/$deliveryId', params: { deliveryId: delivery.id } }),
    onError: fail('No test was sent'),
  });
  const toggle = useMutation({
    mutationFn: () =>
      unwrap(
        api.PATCH('/v1/webhook-endpoints/{id}', {
          params: { path: { id } },
          headers: { 'If-Match': `"${version}"` },
          body: { status: status === 'enabled' ? 'disabled' : 'enabled' },
        }),
      ),
    onError: fail('The endpoint stays as it was'),
    onSettled: refresh,
  });
  return { test, toggle };
}

function DeleteModal({ endpoint: { id, url }, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await unwrap(api.DELETE('/v1/webhook-endpoints/{id}', { params: { path: { id } } }));
    },
    async onSuccess() {
      onClose();
      await client.invalidateQueries({ queryKey: endpointsQuery.queryKey });
    },
  });
  return (
    <ConfirmModal
      opened
      title="Delete this endpoint?"
      confirmLabel="Delete it"
      danger
      pending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      <code>{url}</code> hears of nothing any more; deliveries that are pending are cancelled.
    </ConfirmModal>
  );
}
