import { Injectable } from '@nestjs/common';
import type { Tx } from '../database.js';
import { ApiKeyEntity, type Role, SessionEntity, WorkspaceEntity } from '../entities/account.entity.js';

/** The key that is calling and the workspace it speaks for. */
export interface KeyOwner {
  apiKeyId: string;
  name: string;
  role: Role;
  workspaceId: string;
  workspaceName: string;
}

@Injectable()
export class AccountRepository {
  async addWorkspace(tx: Tx, workspace: WorkspaceEntity): Promise<void> {
    await tx.insert(WorkspaceEntity, workspace);
  }

  async addKey(tx: Tx, key: ApiKeyEntity): Promise<void> {
    await tx.insert(ApiKeyEntity, key);
  }

  /** Serialises first starts of several processes until the transaction ends. */
  async lockSetup(tx: Tx): Promise<void> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('polyphony-setup'))`);
  }

  /** The administrator's key, of which there is one until people can sign up. */
  findAdministratorKey(tx: Tx): Promise<ApiKeyEntity | null> {
    return tx.findOneBy(ApiKeyEntity, { role: 'owner', name: administratorKeyName });
  }

  async replaceKeyHash(tx: Tx, id: string, hash: Buffer): Promise<void> {
    await tx.update(ApiKeyEntity, { id }, { hash });
    await tx.delete(SessionEntity, { apiKeyId: id });
  }

  async ownerOfKey(tx: Tx, hash: Buffer): Promise<KeyOwner | null> {
    const rows = await tx.query<KeyOwner[]>(`${ownerColumns} WHERE k.hash = $1`, [hash]);
    return rows[0] ?? null;
  }

  async ownerOfSession(tx: Tx, hash: Buffer): Promise<KeyOwner | null> {
    const rows = await tx.query<KeyOwner[]>(
      `${ownerColumns} JOIN session s ON s.api_key_id = k.id WHERE s.hash = $1 AND s.expires_at > now()`,
      [hash],
    );
    return rows[0] ?? null;
  }

  async addSession(tx: Tx, session: SessionEntity): Promise<void> {
    await tx.insert(SessionEntity, session);
    await tx.query(`DELETE FROM session WHERE expires_at < now()`);
  }

  async removeSession(tx: Tx, hash: Buffer): Promise<void> {
    await tx.delete(SessionEntity, { hash });
  }
}

export const administratorKeyName = 'administrator';

const ownerColumns = `
  SELECT k.id AS "apiKeyId", k.name, k.role, k.workspace_id AS "workspaceId", w.name AS "workspaceName"
  FROM api_key k JOIN workspace w ON w.id = k.workspace_id`;
