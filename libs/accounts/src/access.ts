import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AccountRepository, Database, type KeyOwner, type Role, administratorKeyName } from '@polyphony/storage';
import { v7 as uuid } from 'uuid';

/** Who is calling, and for which workspace. */
export interface Principal {
  /** The key or person: what `createdBy` of everything they make names. */
  id: string;
  name: string;
  role: Role;
  workspaceId: string;
  workspaceName: string;
}

/** A signed-in browser's secret, shown once. */
export interface OpenedSession {
  token: string;
  expiresAt: Date;
}

const sessionMs = 30 * 24 * 3_600_000;
const sessionPrefix = 'ps_';

/** Keys and sessions: who may call. Secrets have 256 random bits and are looked up by their SHA-256, so no comparison can leak timing. */
@Injectable()
export class Access {
  private readonly looks = new Map<string, Promise<Principal | null>>();

  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
  ) {}

  /** The caller behind an API key or a session token; null when there is none. Many who ask at once share one look. */
  authenticate(token: string): Promise<Principal | null> {
    if (token.length < 8 || token.length > 512) return Promise.resolve(null);
    const under = this.looks.get(token);
    if (under) return under;
    const look = this.lookUp(token).finally(() => this.looks.delete(token));
    this.looks.set(token, look);
    return look;
  }

  /** Opens a session for whoever holds this API key; null when the key is not valid. */
  async signIn(key: string): Promise<{ principal: Principal; session: OpenedSession } | null> {
    const { direct } = this.database;
    const owner = key.startsWith(sessionPrefix) ? null : await this.accounts.ownerOfKey(direct, hashOf(key));
    if (!owner) return null;
    const token = sessionPrefix + randomBytes(32).toString('base64url');
    const expiresAt = new Date(Date.now() + sessionMs);
    await this.accounts.addSession(direct, { hash: hashOf(token), apiKeyId: owner.apiKeyId, expiresAt });
    return { principal: principalOf(owner), session: { token, expiresAt } };
  }

  async signOut(token: string): Promise<void> {
    await this.accounts.removeSession(this.database.direct, hashOf(token));
  }

  /**
   * Sees to it that an administrator with this key exists, in a workspace of their own. A key that differs from the one
   * before replaces it, and the sessions opened with the old one end.
   */
  async ensureAdministrator(key: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.accounts.lockSetup(tx);
      const existing = await this.accounts.findAdministratorKey(tx);
      const hash = hashOf(key);
      if (existing) {
        if (!existing.hash.equals(hash)) await this.accounts.replaceKeyHash(tx, existing.id, hash);
        return;
      }
      const workspaceId = uuid();
      await this.accounts.addWorkspace(tx, { id: workspaceId, name: 'Home' });
      await this.accounts.addKey(tx, { id: uuid(), workspaceId, name: administratorKeyName, role: 'owner', hash });
    });
  }

  private async lookUp(token: string): Promise<Principal | null> {
    const { direct } = this.database;
    const hash = hashOf(token);
    const owner = token.startsWith(sessionPrefix)
      ? await this.accounts.ownerOfSession(direct, hash)
      : await this.accounts.ownerOfKey(direct, hash);
    return owner && principalOf(owner);
  }
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function principalOf({ apiKeyId, ...owner }: KeyOwner): Principal {
  return { id: apiKeyId, ...owner };
}
