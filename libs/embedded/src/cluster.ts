import { execFile } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { role, serverEnvironment } from './server-settings.js';
import type { ServiceUser } from './service-user.js';

const run = promisify(execFile);

/** Refuses a cluster of another major version: PostgreSQL cannot read it, and would only say so in its log. */
export function checkClusterVersion(clusterDir: string, major: number): void {
  const found = readFileSync(join(clusterDir, 'PG_VERSION'), 'utf8').trim();
  if (Number(found) !== major)
    throw new EmbeddedPostgresError(
      `The database in ${clusterDir} was written by PostgreSQL ${found} and this version brings PostgreSQL ${major}: dump it with the version that wrote it, or set another POLYPHONY_DATA_DIR.`,
    );
}

/**
 * Makes an empty cluster with scram passwords, UTF-8 and the C.UTF-8 order (the same on every system).
 * It appears under its name only when complete, so a start that was killed half-way leaves nothing to stumble over.
 */
export async function createCluster(
  binaries: Binaries,
  home: string,
  user: ServiceUser | undefined,
  password: string,
): Promise<void> {
  const unfinished = join(home, 'cluster.new');
  const passwordFile = join(home, 'initdb-password');
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  chmodSync(unfinished, 0o700);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user) for (const path of [unfinished, passwordFile]) chownSync(path, user.uid, user.gid);
  try {
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = [`--username=${role}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    await run(binaries.initdb, ['-D', unfinished, ...access, ...locale, '--no-instructions'], {
      ...user,
      cwd: home,
      env: serverEnvironment(),
    });
  } catch (error) {
    const said = String((error as { stderr?: string }).stderr ?? '').match(/(?:error|FATAL|PANIC):\s*(.+)/)?.[1];
    throw new EmbeddedPostgresError(
      `The database could not be created in ${home}: ${said ?? (error as Error).message.split('\n')[0]}.`,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, join(home, 'cluster'));
}

export function hasCluster(home: string): boolean {
  return existsSync(join(home, 'cluster', 'PG_VERSION'));
}
