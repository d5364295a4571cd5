import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, unwrap } from '../../api/client';
import { serverTime } from '../../api/clock';
import { useIdempotencyKey } from '../../api/idempotency';
import { ProblemNote } from '../../ui/states';
import { Time } from '../../ui/time';
import type { Endpoint } from './queries';

type Which = 'failed' | 'all';
const DAY_MS = 24 * 60 * 60 * 1000;

/** A time as the browser's own field writes it, in local time. */
function toField(time: number): string {
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Sends past events again. */
export function ReplayModal({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const [which, setWhich] = useState<Which>('failed');
  const [from, setFrom] = useState(() => toField(serverTime() - DAY_MS));
  const [to, setTo] = useState('');
  const replay = useReplay(endpoint, which);
  const { data } = replay;
  return (
    <Modal opened onClose={onClose} title="Send past events again" closeOnClickOutside={false}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          replay.mutate({ from: isoOf(from), to: to === '' ? undefined : isoOf(to) });
        }}
      >
        <Stack gap="md">
          {replay.error && <ProblemNote error={replay.error} />}
          {data && <Result result={data} />}
          <SegmentedControl
            aria-label="Which events"
            value={which}
            onChange={(value) => setWhich(value)}
            data={[
              { value: 'failed', label: 'What has failed' },
              { value: 'all', label: 'Everything' },
            ]}
          />
          <Text size="sm">
            {which === 'failed'
              ? 'Events whose delivery failed or was cancelled.'
              : 'All events that it hears of, delivered or not. Your system recognises those it has had by their webhook-id.'}
          </Text>
          <TextInput
            label="Since"
            type="datetime-local"
            required
            data-autofocus
            value={from}
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
          {which === 'all' && (
            <TextInput
              label="Until"
              description="Now unless given"
              type="datetime-local"
              value={to}
              onChange={({ currentTarget }) => setTo(currentTarget.value)}
            />
          )}
          <Group justify="flex-end" gap="xs">
            {data?.next && (
              <Button
                variant="default"
                onClick={() =>
                  replay.mutate({ from: data.next ?? '', to: to === '' ? undefined : isoOf(to) })
                }
              >
                Go on
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              {data ? 'Close' : 'Back'}
            </Button>
            <Button type="submit" loading={replay.isPending} disabled={from === ''}>
              Send again
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const isoOf = (field: string): string => new Date(field).toISOString();

function useReplay({ id }: Endpoint, which: Which) {
  const client = useQueryClient();
  const idempotency = useIdempotencyKey();
  return useMutation({
    mutationFn: ({ from, to }: { from: string; to?: string }) => {
      const headers = { 'Idempotency-Key': idempotency.keyFor({ which, from, to }) };
      const params = { path: { id } };
      return unwrap(
        which === 'failed'
          ? api.POST('/v1/webhook-endpoints/{id}/recover', { params, headers, body: { since: from } })
          : api.POST('/v1/webhook-endpoints/{id}/replay', {
              params,
              headers,
              body: { from, ...(to && { to }) },
            }),
      );
    },
    async onSuccess() {
      // What is sent again next time is another request, be it for the same times.
      idempotency.done();
      await client.invalidateQueries({ queryKey: ['webhooks'] });
    },
  });
}

function Result({ result: { deliveries, next } }: { result: Schemas['Replayed'] }) {
  return (
    <Alert role="status" color="green">
      {deliveries === 1 ? '1 event will be sent.' : `${deliveries} events will be sent.`}
      {next && (
        <>
          {' '}
          There are more since <Time at={next} />.
        </>
      )}
    </Alert>
  );
}
