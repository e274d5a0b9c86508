import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal } from '@polyphony/contracts';
import { io } from 'socket.io-client';
import { runLanes } from './lanes.mjs';

const noAssessment = { summary: false, ranking: 'none' };
const patienceMs = 60_000;

/** Asks a running Polyphony as its clients do: over Socket.IO, one socket for each lane, connected before anything is asked. */
export class PolyphonySide {
  name = 'Polyphony';
  /** Submissions refused for the moment (429 or 503) and made again. */
  resubmitted = 0;
  #backend;
  #sockets = [];

  /** @param {import('./backend.mjs').Backend} backend */
  constructor(backend) {
    this.#backend = backend;
  }

  /** @param {import('./lanes.mjs').Load} load @returns {Promise<{ perSecond: number, answered(): Promise<import('./lanes.mjs').Answered[]> }>} */
  async run(load) {
    while (this.#sockets.length < load.lanes) this.#sockets.push(await this.#connect());
    const { answered, perSecond } = await runLanes(load, (prompt, lane) => this.#ask(this.#sockets[lane], load, prompt));
    return { perSecond, answered: () => Promise.resolve(answered) };
  }

  cpu() {
    return this.#backend.cpu();
  }

  async stop() {
    for (const socket of this.#sockets) socket.disconnect();
  }

  async #connect() {
    const socket = io(this.#backend.url, {
      auth: { token: this.#backend.adminApiKey },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return socket;
  }

  async #ask(socket, { calls, assessment = noAssessment }, prompt) {
    const request = { prompt, panel: calls.map(({ provider, model }) => `${provider}/${model}`), assessment };
    for (;;) {
      const watch = new Watch(socket, prompt, calls.length);
      const refusal = await watch.ask(request);
      if (!refusal) return watch.answered;
      if (refusal.status !== 429 && refusal.status !== 503) throw new Error(`A submission was refused: ${refusal.detail}`);
      this.resubmitted++;
      await sleep(50);
    }
  }
}

/** One comparison as a socket sees it, from asking to its terminal event. */
class Watch {
  answered;
  #socket;
  #slots = new Map();
  #lastSeq = 0;
  #beganAt;
  #settle;
  #over;

  constructor(socket, prompt, slots) {
    this.#socket = socket;
    this.answered = { prompt, texts: Array.from({ length: slots }, () => ''), firstMs: [] };
    this.#over = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
  }

  /** Resolves at the end: with nothing, or with the problem the submission was refused with. */
  async ask(request) {
    const { resolve, reject } = this.#settle;
    const timer = setTimeout(() => reject(new Error(`A comparison did not end within ${patienceMs / 1000} s.`)), patienceMs);
    const lost = () => reject(new Error('The connection to the API was lost.'));
    this.#socket.on('comparison:event', this.#take).on('disconnect', lost);
    try {
      this.#beganAt = performance.now();
      this.#socket.emit('comparison:create', request, (reply) => !reply.ok && resolve(reply.problem));
      return await this.#over;
    } finally {
      clearTimeout(timer);
      this.#socket.off('comparison:event', this.#take).off('disconnect', lost);
    }
  }

  #take = (event) => {
    if (event.seq !== ++this.#lastSeq) this.#settle.reject(new Error(`Event ${this.#lastSeq} is missing; ${event.seq} came.`));
    if (event.type === 'answer.delta') {
      const slot = this.#slots.get(event.answerId);
      this.answered.firstMs[slot] ??= performance.now() - this.#beganAt;
      this.answered.texts[slot] += event.text;
    } else if (event.type === 'answer.started') {
      this.#slots.set(event.answerId, event.slot);
      this.answered.texts[event.slot] = '';
    } else if (isTerminal(event)) this.#end(event);
  };

  #end({ type, comparisonId, degradedReasons }) {
    this.#socket.emit('comparison:unwatch', { comparisonId }, () => undefined);
    if (type === 'comparison.completed' && degradedReasons.length === 0) this.#settle.resolve(undefined);
    else this.#settle.reject(new Error(`A comparison ended as ${type}: ${degradedReasons.join('; ') || 'no reason given'}`));
  }
}
