import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EventName } from './event-types.js';

/** One line of the audit trail. Written once, never changed. */
@Entity('audit_entries')
export class AuditEntry {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('timestamptz') at: Date;
  @Column('text') actorType: string;
  @Column('text', { nullable: true }) actorId: string | null;
  @Column('text') action: string;
  @Column('text') objectType: string;
  @Column('text') objectId: string;
  @Column('uuid', { nullable: true }) sessionId: string | null;
  @Column('text', { nullable: true }) requestId: string | null;
  @Column('jsonb') details: Record<string, unknown>;
}

/** Something that happened, as told to the tenant. */
@Entity('events')
export class EventRow {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: EventName;
  @Column('uuid', { nullable: true }) sessionId: string | null;
  @Column('integer', { nullable: true }) sequence: number | null;
  @Column('jsonb') payload: Record<string, unknown>;
  /** Where it is in the feed, see `event-feed.ts`; null until the feed is read. */
  @Column('bigint', { nullable: true }) place: string | null;
  /** The trace that it belongs to (W3C `traceparent`), when requests are traced. */
  @Column('text', { nullable: true }) traceContext: string | null;
  @Column('timestamptz') createdAt: Date;
}
