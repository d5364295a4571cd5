import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A business unit. */
@Entity('tenants')
export class Tenant {
  @PrimaryColumn('uuid') id: string;
  @Column('text') slug: string;
  @Column('text') name: string;
  @Column('text') status: 'active' | 'suspended';
  @Column('jsonb') branding: { logoUrl?: string; primaryColour?: string };
  /** Origins whose pages may embed the hosted page. */
  @Column('text', { array: true }) frameAncestors: string[];
  @Column('integer') version: number;
  @Column('timestamptz') createdAt: Date;
  @Column('timestamptz') updatedAt: Date;
}
