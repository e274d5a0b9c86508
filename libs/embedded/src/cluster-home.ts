import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { ServiceUser } from './service-user.js';

const ownerNote = 'belongs-to';
/** Where a cluster goes that its user cannot reach inside the data directory: places that last, unlike /tmp. */
const lastingPlaces = ['/var/lib', '/usr/local/var', '/opt'];

/** The entry of the data directory that always leads to the cluster: a directory, or a link to where it had to go. */
export function clusterHomeEntry(dataDir: string): string {
  return join(dataDir, 'postgresql');
}

/**
 * Finds or makes the directory that holds the cluster (`cluster/`) and, where needed, a copy of the binaries.
 * It is `<dataDir>/postgresql`, unless the service user may not pass through a directory above (root's 0700 home):
 * then it is `/var/lib/polyphony-<hash of dataDir>`, and `<dataDir>/postgresql` is a link to it.
 */
export function prepareClusterHome(dataDir: string, user: ServiceUser | undefined, log: (line: string) => void): string {
  const entry = clusterHomeEntry(dataDir);
  if (user) letPass(dataDir, user);
  const present = lstatSync(entry, { throwIfNoEntry: false });
  if (present?.isSymbolicLink()) return followLink(dataDir, entry);
  if (present) {
    if (user && !canReach(entry, user))
      throw new EmbeddedPostgresError(
        `PostgreSQL cannot run as root, and its user (uid ${user.uid}) may not enter ${entry}: move the data directory to where others may pass, or start as a normal user.`,
      );
    return entry;
  }
  if (!user || canReach(dataDir, user)) {
    makeOpenDirectory(entry);
    return entry;
  }
  const home = makeHomeElsewhere(dataDir, user, log);
  symlinkSync(home, entry);
  log(`the database is kept in ${home}: its user may not enter ${dataDir}`);
  return home;
}

/** Whether the user may pass through every directory down to this one. */
export function canReach(path: string, user: ServiceUser): boolean {
  for (let at = realpathSync(path); ; at = dirname(at)) {
    if (!mayEnter(at, user)) return false;
    if (at === dirname(at)) return true;
  }
}

function mayEnter(path: string, { uid, gid }: ServiceUser): boolean {
  const found = statSync(path);
  return (found.mode & (found.uid === uid ? 0o100 : found.gid === gid ? 0o010 : 0o001)) !== 0;
}

/** Opens our own data directory for passing through, not for listing; what it holds keeps modes of its own. */
function letPass(dataDir: string, user: ServiceUser): void {
  if (statSync(dataDir).uid === process.getuid?.() && !mayEnter(dataDir, user))
    chmodSync(dataDir, (statSync(dataDir).mode & 0o7777) | 0o011);
}

function followLink(dataDir: string, entry: string): string {
  const home = readlinkSync(entry);
  if (!existsSync(home))
    throw new EmbeddedPostgresError(
      `The database of ${dataDir} was kept in ${home}, which is gone: restore it, or remove ${entry} to start with an empty one.`,
    );
  const note = join(home, ownerNote);
  const noted = existsSync(note) ? readFileSync(note, 'utf8').trim() : dataDir;
  if (noted !== dataDir && pointsAt(clusterHomeEntry(noted), home))
    throw new EmbeddedPostgresError(
      `${dataDir} is a copy of ${noted} and would share its database: remove ${entry} to start with an empty one.`,
    );
  if (noted !== dataDir) writeFileSync(note, `${dataDir}\n`);
  return home;
}

function pointsAt(entry: string, home: string): boolean {
  return existsSync(entry) && realpathSync(entry) === realpathSync(home);
}

function makeHomeElsewhere(dataDir: string, user: ServiceUser, log: (line: string) => void): string {
  const name = `polyphony-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  for (const place of lastingPlaces) {
    if (!existsSync(place) || !canReach(place, user)) continue;
    const home = join(place, name);
    try {
      if (existsSync(home)) setAside(home, log);
      makeOpenDirectory(home);
      writeFileSync(join(home, ownerNote), `${dataDir}\n`);
      return home;
    } catch (error) {
      log(`${home} cannot be used: ${(error as Error).message}`);
    }
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL cannot run as root, and its user (uid ${user.uid}) may not enter ${dataDir}: set POLYPHONY_DATA_DIR to a directory where others may pass, or start as a normal user.`,
  );
}

/** The data directory this cluster belonged to was deleted and made anew. The last such cluster is kept, not more. */
function setAside(home: string, log: (line: string) => void): void {
  const aside = `${home}-set-aside`;
  rmSync(aside, { recursive: true, force: true });
  renameSync(home, aside);
  log(`the database of a deleted data directory was set aside as ${aside}`);
}

function makeOpenDirectory(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o755);
}
