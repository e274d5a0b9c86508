import { Column, Entity, PrimaryColumn } from 'typeorm';

export type Role = 'owner' | 'admin' | 'member' | 'viewer';

@Entity('workspace')
export class WorkspaceEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('text') name!: string;
}

/** A key for programs. Only its SHA-256 is kept: the key has 256 random bits, so nothing slower is needed. */
@Entity('api_key')
export class ApiKeyEntity {
  @PrimaryColumn('uuid') id!: string;
  @Column('uuid', { name: 'workspace_id' }) workspaceId!: string;
  @Column('text') name!: string;
  @Column('text') role!: Role;
  @Column('bytea') hash!: Buffer;
}

/** A signed-in browser. It lives no longer than the key it was opened with. */
@Entity('session')
export class SessionEntity {
  @PrimaryColumn('bytea') hash!: Buffer;
  @Column('uuid', { name: 'api_key_id' }) apiKeyId!: string;
  @Column('timestamptz', { name: 'expires_at' }) expiresAt!: Date;
}
