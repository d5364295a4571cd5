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
  /** Newest signing secret, sealed by the key ring. */
  @Column('bytea') secret: Buffer;
  /** The newest secret's public half, `whpk_…`; null when both sides share the secret. */
  @Column('text', { nullable: true }) publicKey: string | null;
  @Column('text') status: (typeof endpointStatuses)[number];
  @Column('text', { nullable: true }) disabledReason: (typeof disabledReasons)[number] | null;
  /** Failed attempts since the last success. */
  @Column('integer') failures: number;
  @Column('timestamptz', { nullable: true }) failingSince: Date | null;
  /** How often the tenant was warned since then. */
  @Column('smallint') warnings: number;
  /** How often it was paused since then. */
  @Column('integer') pauses: number;
  @Column('timestamptz', { nullable: true }) pausedUntil: Date | null;
  @Column('timestamptz', { nullable: true }) disabledAt: Date | null;
  /** From when on events may still be unsent and are not owed: it was disabled, or a long replay goes on. */
  @Column('timestamptz', { nullable: true }) replayFrom: Date | null;
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}

/** A secret that a newer one has replaced, and that still signs for a while. */
@Entity('webhook_retiring_secrets')
export class RetiringSecret {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('uuid') endpointId: string;
  /** Sealed by the key ring at the endpoint's place. */
  @Column('bytea') secret: Buffer;
  @Column('text', { nullable: true }) publicKey: string | null;
  @Column('timestamptz') endsAt: Date;
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
  /** How many of them were made before its schedule began anew. */
  @Column('integer') attemptsBefore: number;
  @Column('timestamptz', { nullable: true }) nextAttemptAt: Date | null;
  /** Since its last attempt: false while it waits in line for a place at its endpoint, true once it has been called. */
  @Column('boolean', { nullable: true }) called: boolean | null;
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
