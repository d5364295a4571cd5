import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PolicyDocument } from './policy.document.js';

/** A policy with its draft. */
@Entity('policies')
export class Policy {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') slug: string;
  @Column('text') name: string;
  @Column('text') description: string;
  @Column('jsonb') draft: PolicyDocument;
  /** Whether the draft differs from the version published last. */
  @Column('boolean') draftChanged: boolean;
  @Column('integer', { nullable: true }) publishedVersion: number | null;
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
}

/** A published version. Written once, never changed. */
@Entity('policy_versions')
export class PolicyVersion {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') policyId: string;
  @PrimaryColumn('integer') version: number;
  @Column('jsonb') document: PolicyDocument;
  /** SHA-256 of the document as canonical JSON, in hex. */
  @Column('text') fingerprint: string;
  @Column('text') publishedBy: string;
  @Column('timestamptz') publishedAt: Date;
}
