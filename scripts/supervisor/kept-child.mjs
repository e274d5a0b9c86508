import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const firstDelayMs = 250;
const longestDelayMs = 5000;
const soundAfterMs = 30_000;
/** The exit code of a child that stopped because of a setting (`CONFIG_EXIT_CODE`): starting it again would not help. */
export const configExitCode = 78;

const exitWithParent = new URL('./exit-with-parent.mjs', import.meta.url).href;

/**
 * @typedef {object} ChildSpec
 * @property {string} name for logs, such as `worker-1`
 * @property {string} module path of the program
 * @property {() => string[]} [args] asked at every start, as is `env`
 * @property {() => NodeJS.ProcessEnv} env
 * @property {boolean} [quiet] what it says goes to its log only
 * @property {boolean} [endsItself] it takes its own bounded time when the supervisor is gone
 * @property {(message: any) => void} [onMessage] messages other than `{type: 'ready'}`
 * @property {(line: string) => void} [onStdout]
 * @property {(complaint: string | undefined) => void} [onConfigError] it exited with code 78 before it was ever ready
 */

/**
 * Starts a program with a message channel to us. Its process group is its own, so that Ctrl-C in a terminal reaches the
 * supervisor alone, which then ends everybody in order.
 * @param {ChildSpec} spec @param {import('./child-output.mjs').ChildOutput} output
 */
export function launch({ name, module, args, env, quiet, endsItself, onStdout }, output) {
  const child = fork(module, args?.() ?? [], {
    env: env(),
    execArgv: endsItself ? [] : ['--import', exitWithParent],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  child.on('error', () => {});
  return { child, ...output.follow(name, child, { quiet, onStdout }) };
}

/** A child that is started again whenever it ends by itself: after 250 ms, doubling to 5 s, from the beginning once it lived 30 s. */
export class KeptChild {
  #spec;
  #output;
  #running;
  #wasReady = false;
  #stopping = new AbortController();
  #delayMs = firstDelayMs;
  #ready;
  #over;

  /** @param {ChildSpec} spec @param {import('./child-output.mjs').ChildOutput} output */
  constructor(spec, output) {
    this.#spec = spec;
    this.#output = output;
    this.ready = new Promise((resolve) => (this.#ready = resolve));
    this.#over = this.#keep();
  }

  get name() {
    return this.#spec.name;
  }

  /** The last words on stderr of the process that runs, or ran last. */
  get lastComplaint() {
    return this.#running?.lastComplaint();
  }

  /** Ends the process so that it comes back with a fresh environment. */
  restart() {
    this.#running?.child.kill('SIGTERM');
  }

  /** Asks it to end, and ends it when it does not in time. Settles when it is gone for good. */
  async stop(graceMs) {
    this.retire();
    this.#running?.child.kill('SIGTERM');
    const force = setTimeout(() => this.kill(), graceMs);
    await this.#over;
    clearTimeout(force);
  }

  /** From now on it is not started again when it ends. */
  retire() {
    this.#stopping.abort();
  }

  kill() {
    this.#running?.child.kill('SIGKILL');
  }

  async #keep() {
    const stopped = this.#stopping.signal;
    while (!stopped.aborted) {
      const began = Date.now();
      this.#running = launch(this.#spec, this.#output);
      const { child } = this.#running;
      child.on('message', (message) => {
        if (message?.type !== 'ready') return this.#spec.onMessage?.(message);
        this.#wasReady = true;
        this.#ready(message);
        this.#spec.onMessage?.(message);
      });
      const [code, signal] = await ended(child);
      if (stopped.aborted) return;
      if (code === configExitCode && !this.#wasReady && this.#spec.onConfigError)
        return this.#spec.onConfigError(this.lastComplaint);
      if (Date.now() - began >= soundAfterMs) this.#delayMs = firstDelayMs;
      this.#output.note(`The ${this.name} process ended (${signal ?? `exit code ${code}`}); starting it again.`);
      await sleep(this.#delayMs, undefined, { signal: stopped }).catch(() => {});
      this.#delayMs = Math.min(this.#delayMs * 2, longestDelayMs);
    }
  }
}

/** @returns {Promise<[number | null, string | null]>} exit code and signal, once all it wrote has been read */
export async function ended(child) {
  if (child.pid === undefined) return [1, null];
  return /** @type {any} */ (await once(child, 'close'));
}
