import { mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type AccessRecord, readAccessRecord, writeAccessRecord } from './access-record.js';
import { findBinariesPackage, prepareBinaries } from './binaries.js';
import { clusterHomeEntry, prepareClusterHome } from './cluster-home.js';
import { checkClusterVersion, createCluster, hasCluster } from './cluster.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { freeLoopbackPort } from './loopback-port.js';
import { takeOwnership } from './ownership.js';
import { endOrphan, launchServer, type ServerProcess } from './server-process.js';
import { database, role } from './server-settings.js';
import { chooseServiceUser } from './service-user.js';

export interface StartPostgresOptions {
  /** Everything is kept here; made when missing. As root it is opened for passing through (0711), see the README. */
  readonly dataDir: string;
  /** A port on 127.0.0.1. When not given: the one of the last start if it is free, else any free one. */
  readonly port?: number;
  /** Told in plain words about what is unusual, such as recovery and copying. */
  readonly log?: (line: string) => void;
}

/** A running server, owned by this process. */
export interface EmbeddedPostgres {
  /** `postgresql://` with user, password and database. Secret. */
  readonly url: string;
  readonly port: number;
  /** Settles when the server has ended, whether asked to or not. */
  readonly exited: Promise<void>;
  /** Fast shutdown; immediate when that takes longer than 10 s. */
  stop(): Promise<void>;
}

/** A predecessor that was killed leaves a guard that needs about this long to end its server. */
const ownershipPatienceMs = 20_000;
const startAttempts = 8;
const readyPatienceMs = 60_000;

/**
 * Starts the PostgreSQL that comes with npm on loopback, with a random password, making the cluster on first use.
 * Recovers from whatever a killed predecessor left. Throws EmbeddedPostgresError when another living process uses the
 * data directory, the port is taken, or PostgreSQL cannot run here.
 */
export async function startPostgres({ dataDir, port, log = () => {} }: StartPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = makeDirectory(dataDir);
  const release = await takeOwnership(join(directory, 'postgresql.lock'), ownershipPatienceMs);
  try {
    const user = chooseServiceUser(directory, join(clusterHomeEntry(directory), 'cluster'));
    const home = realpathSync(prepareClusterHome(directory, user, log));
    const clusterDir = join(home, 'cluster');
    const binaries = prepareBinaries(findBinariesPackage(), home, user, log);
    const recordFile = join(directory, 'postgresql.json');
    let record = readAccessRecord(recordFile, hasCluster(home));
    if (hasCluster(home)) {
      checkClusterVersion(clusterDir, binaries.major);
      await endOrphan(clusterDir, log);
    } else {
      writeAccessRecord(recordFile, record);
      await createCluster(binaries, home, user, record.password);
    }

    const logFile = join(directory, 'logs', 'postgresql.log');
    for (let attempt = 1; ; attempt += 1) {
      const chosen = await choosePort(port, record);
      if (chosen !== record.port) writeAccessRecord(recordFile, (record = { ...record, port: chosen }));
      const server = launchServer(binaries, clusterDir, chosen, { user, home, logFile });
      if (await becomesReady(server, record.password, chosen, recordFile)) {
        void server.exited.then(release);
        const url = `postgresql://${role}:${record.password}@127.0.0.1:${chosen}/${database}`;
        return { url, port: chosen, exited: server.exited, stop: () => server.stop() };
      }
      // Old backends may still hold the memory of a killed server, or the port was lost to somebody else.
      const complaint = server.lastComplaint();
      if (attempt === startAttempts)
        throw new EmbeddedPostgresError(
          `The embedded PostgreSQL does not start: ${complaint ?? 'it gives no reason'} (see ${logFile}).`,
        );
      log(`PostgreSQL did not start, trying again: ${complaint ?? 'it gave no reason'}`);
      await sleep(100 * attempt);
    }
  } catch (error) {
    release();
    throw error;
  }
}

function makeDirectory(dataDir: string): string {
  const directory = resolve(dataDir);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    mkdirSync(join(directory, 'logs'), { recursive: true, mode: 0o700 });
    return realpathSync(directory);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The data directory ${directory} cannot be written (${(error as NodeJS.ErrnoException).code}): correct its permissions or set another POLYPHONY_DATA_DIR.`,
    );
  }
}

async function choosePort(wanted: number | undefined, record: AccessRecord): Promise<number> {
  if (wanted !== undefined) {
    if (await freeLoopbackPort(wanted)) return wanted;
    throw new EmbeddedPostgresError(`Port ${wanted}, wanted for the embedded PostgreSQL, is already in use.`);
  }
  const chosen = (record.port && (await freeLoopbackPort(record.port))) || (await freeLoopbackPort());
  if (!chosen) throw new EmbeddedPostgresError('No port is free on 127.0.0.1 for the embedded PostgreSQL.');
  return chosen;
}

/** True once our database can be used, false when the server ended before. */
async function becomesReady(server: ServerProcess, password: string, port: number, recordFile: string): Promise<boolean> {
  for (const until = Date.now() + readyPatienceMs; Date.now() < until; await sleep(15)) {
    if (server.hasExited()) return false;
    const client = new Client({
      host: '127.0.0.1',
      port,
      user: role,
      password,
      database: 'postgres',
      connectionTimeoutMillis: 5000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
      if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
      return true;
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (code === '28P01') {
        await server.stop();
        throw new EmbeddedPostgresError(
          `The password in ${recordFile} is not that of the embedded database: restore the file from a backup.`,
        );
      }
    } finally {
      await client.end().catch(() => {});
    }
  }
  await server.stop();
  throw new EmbeddedPostgresError('The embedded PostgreSQL did not become ready within 60 s.');
}
