import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TenantScope } from '../auth/scopes.js';

/** A tenant's machine access. The key itself is not stored. */
@Entity('api_keys')
export class ApiKey {
  @PrimaryColumn('uuid') tenantId: string;
  @PrimaryColumn('uuid') id: string;
  @Column('text') name: string;
  @Column('text') prefix: string;
  @Column('bytea', { select: false }) keyHash: Buffer;
  @Column('text', { array: true }) scopes: TenantScope[];
  @Column('text') createdBy: string;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz', { nullable: true }) expiresAt: Date | null;
  @Column('timestamptz', { nullable: true }) revokedAt: Date | null;
}
