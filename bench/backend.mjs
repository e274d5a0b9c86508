import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@polyphony/embedded';
import pg from 'pg';
import { cpuSeconds, parentOf } from './cpu.mjs';
import { baseUrls } from './panel.mjs';
import { end, forkDone, forkReady, freePort, program, startRedis } from './processes.mjs';

const workerCount = 2;
/** Every call is priced, as real ones are. */
const price = { input: 1, output: 4 };

/**
 * A whole Polyphony of real processes with its data in a temporary directory: one API, two workers, the embedded
 * PostgreSQL and, for `redis`, a Redis for queue and wake-ups.
 */
export class Backend {
  adminApiKey = `bench-${randomBytes(12).toString('hex')}`;
  versions = {};
  #kind;
  #folder = mkdtempSync(join(tmpdir(), 'polyphony-bench-'));
  #postgres;
  #postmaster;
  #redis;
  #programs = [];

  /** @param {'postgres' | 'redis'} kind */
  constructor(kind) {
    this.#kind = kind;
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    chmodSync(this.#folder, 0o711);
  }

  /**
   * @param {string} simulator its address @param {{ execArgv?: (name: string) => string[] }} [options] Node flags of each program
   */
  async start(simulator, { execArgv = () => [] } = {}) {
    this.#postgres = await startPostgres({ dataDir: join(this.#folder, 'data') });
    if (this.#kind === 'redis') this.#redis = await startRedis(this.#folder);
    await this.#lookAtDatabase();
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const env = this.#environment(simulator, port);
    const folder = this.#folder;
    await forkDone('migrate', program('apps/worker/dist/migrate.js'), { folder, env });
    const api = forkReady('api', program('apps/api/dist/main.js'), { folder, env, execArgv: execArgv('api') });
    const workers = Array.from({ length: workerCount }, (_, index) =>
      forkReady(`worker-${index + 1}`, program('apps/worker/dist/main.js'), {
        folder,
        env: { ...env, POLYPHONY_WORKER_INDEX: String(index) },
        execArgv: execArgv(`worker-${index + 1}`),
      }),
    );
    // All are kept before any is waited for, so that `stop` ends those that started when another did not.
    const started = await Promise.allSettled([api, ...workers]);
    this.#programs = started.flatMap(({ status, value }) => (status === 'fulfilled' ? [value] : []));
    const failed = started.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** CPU seconds used so far, by part. @returns {Record<string, number>} */
  cpu() {
    const [api, ...workers] = this.#programs;
    return {
      api: cpuSeconds(api.pid),
      workers: workers.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
      postgres: cpuSeconds(this.#postmaster, { descendants: true }),
      ...(this.#redis && { redis: cpuSeconds(this.#redis.child.pid, { descendants: true }) }),
    };
  }

  async stop() {
    await Promise.all(this.#programs.map(end));
    await end(this.#redis?.child);
    await this.#postgres?.stop();
    const cluster = join(this.#folder, 'data', 'postgresql');
    // Where the temporary directory is private to root, the cluster is elsewhere and this is a link to it.
    if (lstatSync(cluster, { throwIfNoEntry: false })?.isSymbolicLink())
      rmSync(realpathSync(cluster), { recursive: true, force: true });
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #environment(simulator, port) {
    const urls = baseUrls(simulator);
    const config = join(this.#folder, 'polyphony.yaml');
    const settings = {
      providers: [{ id: 'chat', kind: 'openaiCompatible', baseUrl: urls.chat, apiKey: 'bench' }],
      prices: { 'anthropic/*': price, 'openai/*': price, 'chat/*': price },
    };
    writeFileSync(config, JSON.stringify(settings));
    return {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: this.#postgres.url,
      ...(this.#redis && { REDIS_URL: this.#redis.url }),
      POLYPHONY_DATA_DIR: join(this.#folder, 'data'),
      POLYPHONY_SECRET: randomBytes(32).toString('base64'),
      POLYPHONY_ADMIN_API_KEY: this.adminApiKey,
      POLYPHONY_CONFIG: config,
      ANTHROPIC_API_KEY: 'bench',
      ANTHROPIC_BASE_URL: urls.anthropic,
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: urls.openai,
    };
  }

  /** Its version, and the process all of its others are children of. */
  async #lookAtDatabase() {
    const client = new pg.Client({ connectionString: this.#postgres.url });
    await client.connect();
    const { rows } = await client.query(`SELECT pg_backend_pid() AS pid, current_setting('server_version') AS version`);
    this.#postmaster = parentOf(rows[0].pid);
    await client.end();
    this.versions.PostgreSQL = rows[0].version;
    if (this.#redis) this.versions.Redis = this.#redis.version;
  }
}
