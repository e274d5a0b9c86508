import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ChildOutput } from './child-output.mjs';
import { ended, KeptChild, launch } from './kept-child.mjs';
import { takeLock } from './lock.mjs';
import { programs as ownPrograms } from './programs.mjs';
import { checkAnswers, freePort } from './reachability.mjs';
import { Refusal } from './refusal.mjs';
import { keptAdminApiKey, keptSecret, writePrivately } from './secrets.mjs';
import { choosePanel, welcome } from './welcome.mjs';

const defaultPatience = {
  startMs: 60_000,
  answersMs: 5000,
  predecessorMs: 12_000,
  graceMs: 20_000,
  simulatorMs: 2000,
  databaseMs: 20_000,
};

/** The start was given up because `stop` was called meanwhile. */
export class Stopped extends Error {
  name = 'Stopped';
}

/**
 * Runs Polyphony on one machine: database, migrations, API and workers, in order, and keeps them running.
 * Everything ends with it, even when it is killed: its children watch the channel to it.
 */
export class Supervisor {
  #config;
  #programs;
  #env;
  #terminal;
  #patience;
  /** @type {ChildOutput} */ #output;
  /** @type {{api?: KeptChild, workers: KeptChild[], simulator?: KeptChild, guard?: KeptChild}} */ #children = { workers: [] };
  #migration;
  #shared = {};
  #holdsLock = false;
  #releaseLock = () => {};
  #stopping;
  #giveUp;
  #givenUp;

  /**
   * @param {import('@polyphony/config').Config} config
   * @param {{ programs?: typeof ownPrograms, env?: NodeJS.ProcessEnv, terminal?: NodeJS.WriteStream, patience?: Partial<typeof defaultPatience> }} [options]
   */
  constructor(config, { programs = ownPrograms, env = process.env, terminal = process.stderr, patience = {} } = {}) {
    this.#config = config;
    this.#programs = programs;
    this.#env = env;
    this.#terminal = terminal;
    this.#patience = { ...defaultPatience, ...patience };
    this.#givenUp = new Promise((_, reject) => (this.#giveUp = reject));
    this.#givenUp.catch(() => {});
  }

  /** Rejects when nothing is left to try: with a Refusal for a setting that cannot work, with Stopped once `stop` was called. */
  get over() {
    return this.#givenUp;
  }

  /** @returns {Promise<string>} what to show the person at the terminal, once the API and a worker serve */
  async start() {
    const { dataDir, host, mode } = this.#config;
    this.#takeDataDirectory(dataDir);
    this.#output = new ChildOutput(join(dataDir, 'logs'), this.#terminal);
    const lock = takeLock(join(dataDir, 'supervisor.lock'));
    if ('holder' in lock)
      throw new Refusal(
        `Polyphony is already running in ${dataDir} (process ${lock.holder}); stop it, or set another POLYPHONY_DATA_DIR.`,
      );
    this.#holdsLock = true;
    this.#releaseLock = lock.release;
    const port = await this.#unlessOver(freePort(this.#config.port, host, lock.recovered ? this.#patience.predecessorMs : 0));
    const adminApiKey = this.#config.adminApiKey ?? (mode === 'embedded' ? keptAdminApiKey(dataDir) : undefined);
    const simulated = this.#config.providers.connections.length === 0;
    this.#shared = {
      PORT: String(port),
      POLYPHONY_DATA_DIR: dataDir,
      POLYPHONY_SECRET: this.#config.secret ?? keptSecret(dataDir),
      ...(adminApiKey && { POLYPHONY_ADMIN_API_KEY: adminApiKey }),
    };

    await this.#unlessOver(
      Promise.all([mode === 'embedded' ? this.#startDatabase() : this.#checkServers(), simulated && this.#startSimulator()]),
    );
    await this.#unlessOver(this.#migrate());
    await this.#unlessOver(this.#startServing());

    const url = `http://${reachableHost(host)}:${port}`;
    const panel = await this.#unlessOver(choosePanel({ url, adminApiKey, simulated }));
    writePrivately(join(dataDir, 'instance.json'), `${JSON.stringify({ url, adminApiKey, pid: process.pid })}\n`);
    return welcome({ url, dataDir, adminApiKey, simulated, panel });
  }

  /** Ends everything in order: the API and the workers with time to hand over, then the simulator, the database last. */
  stop() {
    this.#giveUp(new Stopped());
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  /** Ends what hesitates. The database still shuts down properly, which takes no time once nobody uses it. */
  force() {
    for (const child of [this.#children.api, ...this.#children.workers, this.#children.simulator]) child?.kill();
  }

  async #stopAll() {
    const { api, workers, simulator, guard } = this.#children;
    const { graceMs, simulatorMs, databaseMs } = this.#patience;
    for (const child of [api, ...workers, simulator, guard]) child?.retire();
    this.#migration?.kill('SIGTERM');
    await Promise.all([api, ...workers].map((child) => child?.stop(graceMs)));
    await simulator?.stop(simulatorMs);
    await guard?.stop(databaseMs);
    if (this.#holdsLock) rmSync(join(this.#config.dataDir, 'instance.json'), { force: true });
    this.#releaseLock();
    this.#output?.close();
  }

  #takeDataDirectory(dataDir) {
    try {
      if (!existsSync(dataDir)) {
        mkdirSync(dataDir, { recursive: true, mode: 0o700 });
        chmodSync(dataDir, 0o700);
      }
      writePrivately(join(dataDir, '.writable'), '');
      rmSync(join(dataDir, '.writable'), { force: true });
    } catch (error) {
      throw new Refusal(
        `The data directory ${dataDir} cannot be written (${error.code}); correct its permissions or set another POLYPHONY_DATA_DIR.`,
      );
    }
  }

  async #startDatabase() {
    const started = new Promise((resolve, reject) => {
      this.#children.guard = this.#keep({
        name: 'database',
        module: this.#programs.guard,
        args: () => [this.#config.dataDir],
        env: () => this.#env,
        endsItself: true,
        onMessage: (message) => {
          if (message.type === 'ready') {
            this.#useDatabase(message.url);
            resolve();
          }
          if (message.type === 'refused' && this.#shared.DATABASE_URL) this.#output.note(message.message);
          else if (message.type === 'refused') reject(new Refusal(message.message));
        },
      });
    });
    await started;
  }

  /** A database that came back elsewhere (its port was lost meanwhile) is followed by those who use it. */
  #useDatabase(url) {
    const before = this.#shared.DATABASE_URL;
    this.#shared.DATABASE_URL = url;
    if (before !== undefined && before !== url)
      for (const child of [this.#children.api, ...this.#children.workers]) child?.restart();
  }

  async #checkServers() {
    const { databaseUrl, redisUrl } = this.#config;
    const { answersMs } = this.#patience;
    if (databaseUrl) await checkAnswers('postgresql', 'DATABASE_URL', databaseUrl, answersMs);
    if (redisUrl) await checkAnswers('redis', 'REDIS_URL', redisUrl, answersMs);
  }

  async #startSimulator() {
    const announced = new Promise((resolve) => {
      this.#children.simulator = this.#keep({
        name: 'simulator',
        module: this.#programs.simulator,
        // One that comes back must be found where the others were told it is.
        args: () => ['--port', this.#shared.POLYPHONY_SIMULATOR_URL ? new URL(this.#shared.POLYPHONY_SIMULATOR_URL).port : '0'],
        env: () => this.#env,
        onStdout: (line) => {
          const url = announcedUrl(line);
          if (url) resolve(url);
        },
      });
    });
    this.#shared.POLYPHONY_SIMULATOR_URL = await within(this.#patience.startMs, announced, () =>
      this.#failure('The simulator was not', this.#children.simulator),
    );
  }

  async #migrate() {
    const { child, lastComplaint } = launch(
      { name: 'migrate', module: this.#programs.migrate, env: () => this.#childEnv(), quiet: true },
      this.#output,
    );
    this.#migration = child;
    const [code] = await ended(child);
    this.#migration = undefined;
    if (code !== 0) throw new Refusal(lastComplaint() ?? `The database could not be prepared; see ${this.#logs()}/migrate.log.`);
  }

  async #startServing() {
    const refuse = (name) => (complaint) =>
      this.#giveUp(new Refusal(complaint ?? `The ${name} process refuses its settings; see ${this.#logs()}/${name}.log.`));
    const keep = (name, module, env) =>
      this.#keep({ name, module, env: () => ({ ...this.#childEnv(), ...env }), onConfigError: refuse(name) });
    const api = (this.#children.api = keep('api', this.#programs.api, {}));
    const workers = (this.#children.workers = Array.from({ length: this.#config.workers }, (_, index) =>
      keep(`worker-${index + 1}`, this.#programs.worker, { POLYPHONY_WORKER_INDEX: String(index) }),
    ));
    const { startMs } = this.#patience;
    await within(startMs, api.ready, () => this.#failure('The API was not', api));
    if (workers.length > 0)
      await within(startMs, Promise.race(workers.map((worker) => worker.ready)), () =>
        this.#failure('No worker was', workers[0]),
      );
  }

  #failure(who, child) {
    const complaint = child.lastComplaint;
    return new Refusal(
      `${who} ready within ${this.#patience.startMs / 1000} s${complaint ? ` (${complaint})` : ''}; see ${this.#logs()}.`,
    );
  }

  #keep(spec) {
    if (this.#stopping) throw new Stopped();
    return new KeptChild(spec, this.#output);
  }

  #childEnv() {
    return { ...this.#env, ...this.#shared };
  }

  #logs() {
    return join(this.#config.dataDir, 'logs');
  }

  #unlessOver(work) {
    return Promise.race([work, this.#givenUp]);
  }
}

function reachableHost(host) {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** The simulator says where it is in one line, `{"url": …}`; other lines are its log. */
function announcedUrl(line) {
  try {
    return JSON.parse(line).url;
  } catch {
    return undefined;
  }
}

async function within(patienceMs, work, failure) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(failure()), patienceMs)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
