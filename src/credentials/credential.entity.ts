import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ProbeResult } from '../yoti/probe.js';

export const credentialStatuses = ['pending', 'active', 'retiring', 'retired'] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];

/** One Yoti application of a tenant. */
@Entity('credentials')
export class Credential {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') sdkId: string;
  @Column('text') apiUrl: string;
  /** The PEM, sealed by the key ring. */
  @Column('bytea') privateKey: Buffer;
  @Column('text') keyFingerprint: string;
  @Column('text') status: CredentialStatus;
  @Column('jsonb', { nullable: true }) lastCheck: (ProbeResult & { at: string }) | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) activatedAt: Date | null;
  @Column('timestamptz', { nullable: true }) retiredAt: Date | null;
}
