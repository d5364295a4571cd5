import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventName } from '../audit/event-types.js';
import type { deliveryStatuses, disabledReasons, endpointStatuses, ErrorClass } from './webhook.schemas.js';

/** Where a tenant wants to hear of events. */
@Entity('webhook_endpoints')
export class WebhookEndpoint {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') url: string;
  @Column('text') description: string;
  @Column('text', { array: true }) events: EventName[];
  /** Signing secret, sealed by the key ring. */
  @Column('bytea') secret: Buffer;
  @Column('text') status: (typeof endpointStatuses)[number];
  @Column('text', { nullable: true }) disabledReason: (typeof disabledReasons)[number] | null;
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}

/** One event owed to one endpoint; due work while it is pending. */
@Entity('deliveries')
export class Delivery {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') endpointId: string;
  @Column('uuid') eventId: string;
  @Column('text') status: (typeof deliveryStatuses)[number];
  /** Attempts whose result is known. */
  @Column('integer') attempts: number;
  @Column('timestamptz', { nullable: true }) nextAttemptAt: Date | null;
  @Column('text', { nullable: true }) parkedReason: string | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) finishedAt: Date | null;
}

/** What came of one try to send a delivery. Written once. */
@Entity('delivery_attempts')
export class DeliveryAttempt {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') deliveryId: string;
  @PrimaryColumn('integer') attempt: number;
  @Column('timestamptz') startedAt: Date;
  @Column('integer') durationMs: number;
  @Column('integer', { nullable: true }) statusCode: number | null;
  /** Null when it was delivered. */
  @Column('text', { nullable: true }) errorClass: ErrorClass | null;
  @Column('text', { nullable: true }) responseExcerpt: string | null;
}
