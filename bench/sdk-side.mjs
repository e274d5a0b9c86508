import { once } from 'node:events';
import { cpuSeconds } from './cpu.mjs';
import { end, forkReady, program } from './processes.mjs';

/** The plain script on the official SDKs, in its own process. */
export class SdkSide {
  name = 'SDK script';
  #child;

  /** @param {string} simulator @param {{ folder: string, execArgv?: string[] }} options where its log goes, and its Node flags */
  async start(simulator, { folder, execArgv }) {
    this.#child = await forkReady('sdk-script', program('bench/sdk-script.mjs'), { folder, args: [simulator], execArgv });
  }

  /** @param {import('./lanes.mjs').Load} load */
  async run(load) {
    this.#child.send({ type: 'run', load });
    const { type, reason, perSecond } = await this.#reply();
    if (type === 'failed') throw new Error(`The SDK script failed: ${reason}`);
    return { perSecond, answered: () => this.#answers() };
  }

  cpu() {
    return { script: cpuSeconds(this.#child.pid) };
  }

  stop() {
    return end(this.#child);
  }

  async #answers() {
    this.#child.send({ type: 'answers' });
    return (await this.#reply()).answered;
  }

  async #reply() {
    const gone = new AbortController();
    const exited = () => gone.abort();
    this.#child.once('exit', exited);
    try {
      return (await once(this.#child, 'message', { signal: gone.signal }))[0];
    } catch {
      throw new Error('The SDK script ended in the middle of a measurement.');
    } finally {
      this.#child.off('exit', exited);
    }
  }
}
