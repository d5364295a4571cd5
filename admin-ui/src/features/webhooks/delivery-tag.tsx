import { IconBan, IconCheck, IconClock, IconX } from '@tabler/icons-react';
import { Tag } from '../../ui/tag';
import { deliveryStatuses, type DeliveryStatus } from './search';

const looks = {
  pending: { tone: 'blue', icon: IconClock },
  delivered: { tone: 'green', icon: IconCheck },
  failed: { tone: 'red', icon: IconX },
  cancelled: { tone: 'gray', icon: IconBan },
} as const;

export function DeliveryTag({ status }: { status: DeliveryStatus }) {
  const { tone, icon } = looks[status];
  return (
    <Tag tone={tone} icon={icon}>
      {deliveryStatuses[status]}
    </Tag>
  );
}
