import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Diagnosis } from '../yoti/probe.js';
import type { Finding } from './credential.findings.js';
import type { Environment } from './environment.js';

export const credentialStatuses = ['pending', 'active', 'retiring', 'retired'] as const;
export type CredentialStatus = (typeof credentialStatuses)[number];

/** What a check found. Those made by the releases before have no findings and no depth. */
export interface StoredCheck {
  ok: boolean;
  diagnosis: Diagnosis;
  message: string;
  clockSkewSeconds: number | null;
  at: string;
  depth?: 'basic' | 'full';
  findings?: Finding[];
}

/** One Yoti application of a tenant. */
@Entity('credentials')
export class Credential {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') environment: Environment;
  @Column('text') sdkId: string;
  @Column('text') apiUrl: string;
  /** The PEM, sealed by the key ring. */
  @Column('bytea') privateKey: Buffer;
  @Column('text') keyFingerprint: string;
  @Column('text') status: CredentialStatus;
  @Column('jsonb', { nullable: true }) lastCheck: StoredCheck | null;
  /** When Yoti refused a call for the credential's sake; null again after the probe that this asks for. */
  @Column('timestamptz', { nullable: true }) refusedAt: Date | null;
  /** When the server, not a person, probed it last. */
  @Column('timestamptz', { nullable: true }) probedAt: Date | null;
  /** Since when no call is made with it but probes; null while it works. */
  @Column('timestamptz', { nullable: true }) suspectSince: Date | null;
  @Column('text', { nullable: true }) suspectReason: Diagnosis | null;
  /** When the worker looks at it: to probe it, or to end its retirement. */
  @Column('timestamptz', { nullable: true }) nextLookAt: Date | null;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) activatedAt: Date | null;
  @Column('timestamptz', { nullable: true }) retiredAt: Date | null;
}
