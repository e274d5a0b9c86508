import { type Comparison, isTerminal } from '@polyphony/contracts';
import { type Asked, adminKey, onBothBackends, until, useHouse } from '@polyphony/testing';
import { FaithfulWatcher } from './faithful-watcher.js';

const comparisons = Number(process.env.ENDURANCE_COMPARISONS ?? 200);
const watcherCount = 50;
const inFlight = 24;
const killEveryMs = 5_000;
const patienceMs = 20 * 60_000;
const panel = [
  'anthropic/sim-sage+tokens=120+rate=50',
  'openai/sim-bard+tokens=150+rate=50',
  'chat/sim-scout+tokens=90+rate=50',
  'chat/sim-skeptic+tokens=180+rate=50',
];

/** Small and seeded, so that a run can be repeated; the seed is printed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

onBothBackends(`${comparisons} comparisons while workers and an API are killed`, (backend) => {
  const house = useHouse(backend, { apis: 2, workers: 3 });

  it(
    'end completed, byte for byte, with every watcher having seen every event once and in order',
    async () => {
      const seed = Number(process.env.ENDURANCE_SEED ?? Date.now() % 1_000_000);
      const random = seeded(seed);
      const urls = [house.url(0), house.url(1)];
      const watchers = Array.from({ length: watcherCount }, () => new FaithfulWatcher(urls, adminKey, random));
      const counts = { workersKilled: 0, apisKilled: 0 };

      let over = false;
      const startedAt = Date.now();
      const restarts: Promise<unknown>[] = [];
      const kill = (async () => {
        for (let round = 1; !over; round++) {
          await wait(killEveryMs);
          if (over) return;
          const running = house.workers.filter(({ isRunning }) => isRunning);
          const victim = running[Math.floor(random() * running.length)];
          if (victim) {
            counts.workersKilled++;
            restarts.push(victim.kill().then(() => victim.start()));
          }
          if (round === 3 || round === 6) {
            counts.apisKilled++;
            restarts.push(house.apis[1]!.kill().then(() => house.apis[1]!.start()));
          }
        }
      })();

      const asked = new Map<Asked, FaithfulWatcher>();
      let submitted = 0;
      const results: Comparison[] = [];
      const ask = async (): Promise<void> => {
        while (submitted < comparisons) {
          const watcher = watchers[submitted++ % watcherCount]!;
          const one = await house.comparison({ panel, policy: { deadlineMs: 600_000 } }, 0);
          asked.set(one, watcher);
          watcher.watch(one.id);
          results.push(await one.ends(patienceMs));
        }
      };
      await Promise.all(Array.from({ length: inFlight }, ask));
      over = true;
      await kill;
      await Promise.all(restarts);
      const seconds = (Date.now() - startedAt) / 1000;

      const wrong: string[] = [];
      for (const [one, watcher] of asked) {
        const final = await one.read();
        if (final.status !== 'completed') wrong.push(`${one.id} is ${final.status}`);
        for (const answer of final.answers)
          if (answer.text !== one.expectedText(answer.model))
            wrong.push(`${one.id}, slot ${answer.slot}: the text is not what its model said`);
        wrong.push(...(await one.violations()));
        await until(
          () => (watcher.received.get(one.id)!.at(-1)?.seq ?? 0) >= final.lastSeq,
          `a watcher reaches seq ${final.lastSeq} of ${one.id}`,
        );
        if (!watcher.received.get(one.id)!.some(isTerminal)) wrong.push(`${one.id}: its watcher saw no end`);
      }
      for (const watcher of watchers) {
        wrong.push(...watcher.faults);
        watcher.stop();
      }
      const attempts = results.flatMap(({ answers }) => answers.map(({ attempt }) => attempt));
      process.stdout.write(
        `${JSON.stringify({
          backend,
          seed,
          comparisons: asked.size,
          seconds: Math.round(seconds),
          ...counts,
          connections: watchers.reduce((sum, watcher) => sum + watcher.connections, 0),
          events: watchers.reduce(
            (sum, watcher) => sum + [...watcher.received.values()].reduce((n, log) => n + log.length, 0),
            0,
          ),
          answersStartedAgain: attempts.filter((attempt) => attempt > 1).length,
          mostAttempts: Math.max(...attempts),
          wrong: wrong.length,
        })}\n`,
      );
      expect(wrong).toEqual([]);
      expect(asked.size).toBe(comparisons);
    },
    patienceMs,
  );
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
