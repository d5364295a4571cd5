import type { Schemas } from '../../api/client';

export type DeliveryStatus = Schemas['Delivery']['status'];

export interface DeliveryFilter {
  status?: DeliveryStatus;
  endpointId?: string;
  sessionId?: string;
}

export const deliveryStatuses: Record<DeliveryStatus, string> = {
  pending: 'Pending',
  delivered: 'Delivered',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** Reads the address; what makes no sense there is left out. */
export function deliverySearch({ status, endpointId, sessionId }: Record<string, unknown>): DeliveryFilter {
  return {
    ...(typeof status === 'string' && status in deliveryStatuses && { status: status as DeliveryStatus }),
    ...(typeof endpointId === 'string' && { endpointId }),
    ...(typeof sessionId === 'string' && { sessionId }),
  };
}
