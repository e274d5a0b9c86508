import { lstatSync, readFileSync, statSync } from 'node:fs';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';

/** The user PostgreSQL runs as when we are root, which it refuses to be. */
export interface ServiceUser {
  readonly uid: number;
  readonly gid: number;
}

const unprivilegedNames = ['nobody', 'daemon', 'www-data'];

/**
 * Chooses who runs the server: undefined means ourselves. As root it is whoever owns the cluster or the data directory
 * already, or else an existing unprivileged account; none is ever created.
 */
export function chooseServiceUser(dataDir: string, clusterDir: string): ServiceUser | undefined {
  const self = process.getuid?.();
  const clusterOwner = ownerOf(clusterDir);
  if (self !== 0) {
    if (self !== undefined && clusterOwner && clusterOwner.uid !== self)
      throw new EmbeddedPostgresError(
        `The database in ${clusterDir} belongs to another user (uid ${clusterOwner.uid}): start as the user who made it, or set another POLYPHONY_DATA_DIR.`,
      );
    return undefined;
  }
  for (const owner of [clusterOwner, ownerOf(dataDir)]) if (owner && owner.uid !== 0) return owner;
  const accounts = readAccounts();
  const account =
    unprivilegedNames.map((name) => accounts.get(name)).find((found) => found !== undefined) ?? [...accounts.values()][0];
  if (!account)
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root and this system has no other account: start as a normal user, or set DATABASE_URL.',
    );
  return account;
}

function ownerOf(path: string): ServiceUser | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false }) && statSync(path, { throwIfNoEntry: false });
  return found && { uid: found.uid, gid: found.gid };
}

/** Unprivileged accounts by name; ids that do not fit a signed 32-bit integer cannot be switched to. */
function readAccounts(): Map<string, ServiceUser> {
  const accounts = new Map<string, ServiceUser>();
  for (const line of readPasswd().split('\n')) {
    const [name, , uid, gid] = line.split(':');
    const account = { uid: Number(uid), gid: Number(gid) };
    if (name && account.uid > 0 && account.uid < 2 ** 31 && account.gid > 0 && account.gid < 2 ** 31) accounts.set(name, account);
  }
  return accounts;
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
