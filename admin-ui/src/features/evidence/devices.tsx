import { Button, Text } from '@mantine/core';
import { IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Facts } from '../../ui/facts';
import { Loading, ProblemNote } from '../../ui/states';
import { Time } from '../../ui/time';
import { words } from '../../ui/words';
import classes from './devices.module.css';
import { Leftovers } from './leftovers';
import { devicesQuery, type TrackedDevice } from './queries';

/** The devices that the person used, once somebody asks for them: the look is on record. */
export function Devices({ sessionId }: { sessionId: string }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...devicesQuery(sessionId), enabled: open });
  return (
    <section className={classes.devices} aria-label="Devices">
      <h3 className={classes.title}>Devices</h3>
      {!open && (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconDeviceMobile size={14} />}
          onClick={() => setOpen(true)}
        >
          Ask Yoti for the devices
        </Button>
      )}
      {open && query.isPending && !query.error && <Loading />}
      {query.error && <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && <List items={query.data.items} />}
    </section>
  );
}

function List({ items }: { items: TrackedDevice[] }) {
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Yoti saw no device.
      </Text>
    );
  }
  return (
    <ol className={classes.list}>
      {items.map(({ event, createdAt, device, other }, index) => (
        <li key={index}>
          <div className={classes.event}>
            {eventWords[event] ?? words(event)} {createdAt && <Moment at={createdAt} />}
          </div>
          {device && <DeviceFacts device={device} />}
          <Leftovers other={{ ...other, ...device?.other }} />
        </li>
      ))}
    </ol>
  );
}

const eventWords: Record<string, string> = {
  CONFIG_FIRST_LOADED: 'Arrived',
  RESOURCE_CREATED: 'Captured something',
  CLIENT_SESSION_TOKEN_DELETED: 'Finished',
};

/** A time of Yoti's, which may be no time at all. */
const Moment = ({ at }: { at: string }) => (Number.isNaN(Date.parse(at)) ? <>{at}</> : <Time at={at} />);

function DeviceFacts({ device }: { device: NonNullable<TrackedDevice['device']> }) {
  const joined = (...parts: (string | null)[]) => parts.filter(Boolean).join(' ') || null;
  return (
    <Facts
      items={[
        ['Device', joined(device.manufactureName, device.modelName)],
        ['System', joined(device.osName, device.osVersion)],
        ['Browser', joined(device.browserName, device.browserVersion)],
        ['Address', joined(device.ipAddress, device.ipIsoCountryCode && `(${device.ipIsoCountryCode})`)],
        ['Language', joined(device.locale)],
        ['Yoti’s client', joined(device.clientVersion)],
      ]}
    />
  );
}
