import { Platform1763800000001 } from './0001-platform.js';
import { Verification1763800000002 } from './0002-verification.js';
import { Accounting1763800000003 } from './0003-accounting.js';
import { Credentials1763800000004 } from './0004-credentials.js';
import { Secrets1763800000005 } from './0005-secrets.js';
import { Links1763800000006 } from './0006-links.js';
import { HostedPage1763800000007 } from './0007-hosted-page.js';
import { Keys1763800000008 } from './0008-keys.js';
import { Inbox1763800000009 } from './0009-inbox.js';
import { WebhookEndpoints1763800000010 } from './0010-webhook-endpoints.js';
import { Observing1763800000011 } from './0011-observing.js';
import { TakeNotification1763800000014 } from './0014-take-notification.js';
import { ParkedIndexes1763800000015 } from './0015-parked-indexes.js';
import { OpenSessionsOfCredential1763800000016 } from './0016-open-sessions-of-credential.js';
import { CountLogInTries1763800000018 } from './0018-count-log-in-tries.js';
import { Queues1763800000019 } from './0019-queues.js';
import { EventPlaces1763800000020 } from './0020-event-places.js';
import { ListIndexes1763800000021 } from './0021-list-indexes.js';
import { ClosedSessionsNotParked1763800000022 } from './0022-closed-sessions-not-parked.js';
import { SessionListIndexes1763800000023 } from './0023-session-list-indexes.js';
import { ReviewsByStatus1763800000024 } from './0024-reviews-by-status.js';
import { DeliveryIndexes1763800000026 } from './0026-delivery-indexes.js';
import { EventsByTime1763800000027 } from './0027-events-by-time.js';
import { DeliveriesInLine1763800000028 } from './0028-deliveries-in-line.js';
import { DeletedEndpointsNotParked1763800000029 } from './0029-deleted-endpoints-not-parked.js';
import { EntriesOfActor1763800000032 } from './0032-entries-of-actor.js';

/** Every step, in order. A step that has been released is never changed. */
export const migrations = [
  Platform1763800000001,
  Verification1763800000002,
  Accounting1763800000003,
  Credentials1763800000004,
  Secrets1763800000005,
  Links1763800000006,
  HostedPage1763800000007,
  Keys1763800000008,
  Inbox1763800000009,
  WebhookEndpoints1763800000010,
  Observing1763800000011,
  TakeNotification1763800000014,
  ParkedIndexes1763800000015,
  OpenSessionsOfCredential1763800000016,
  CountLogInTries1763800000018,
  Queues1763800000019,
  EventPlaces1763800000020,
  ListIndexes1763800000021,
  ClosedSessionsNotParked1763800000022,
  SessionListIndexes1763800000023,
  ReviewsByStatus1763800000024,
  DeliveryIndexes1763800000026,
  EventsByTime1763800000027,
  DeliveriesInLine1763800000028,
  DeletedEndpointsNotParked1763800000029,
  EntriesOfActor1763800000032,
];
