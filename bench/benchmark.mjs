import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Backend } from './backend.mjs';
import { cpuSeconds } from './cpu.mjs';
import { check, take } from './measure.mjs';
import { modelsAsked, warmUp } from './measurements.mjs';
import { PolyphonySide } from './polyphony-side.mjs';
import { end, forkAnnouncing, program } from './processes.mjs';
import { SdkSide } from './sdk-side.mjs';

/** The simulator in a process of its own, listing every model that is asked. @returns {Promise<{ url: string, child: import('node:child_process').ChildProcess }>} */
export async function startSimulator() {
  const args = ['--models', modelsAsked().join(',')];
  const [child, { url }] = await forkAnnouncing('simulator', program('libs/simulator/dist/main.js'), { args });
  return { url, child };
}

/**
 * Takes all measurements on one back end.
 * @param {'postgres' | 'redis'} kind
 * @param {import('./measurements.mjs').Measurement[]} measurements @param {(line: string) => void} say
 */
export async function benchmark(kind, measurements, say) {
  const folder = mkdtempSync(join(tmpdir(), 'polyphony-bench-script-'));
  const backend = new Backend(kind);
  const polyphony = new PolyphonySide(backend);
  const script = new SdkSide();
  let simulator;
  try {
    simulator = await startSimulator();
    await Promise.all([backend.start(simulator.url), script.start(simulator.url, { folder })]);
    const surroundings = () => ({ simulator: cpuSeconds(simulator.child.pid), client: cpuSeconds(process.pid) });
    for (const side of [polyphony, script]) await warm(side);
    const results = {};
    for (const measurement of measurements) {
      say(`${kind}: ${measurement.name} …`);
      const sides = measurement.against ? [polyphony, script] : [polyphony];
      const [ours, theirs] = await take(measurement, sides, surroundings);
      results[measurement.name] = { ours, theirs };
    }
    return { versions: backend.versions, resubmitted: polyphony.resubmitted, results };
  } finally {
    await polyphony.stop();
    await script.stop();
    await backend.stop();
    await end(simulator?.child);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the warm-up on a side, checked as a measurement is. */
export async function warm(side) {
  const outcome = await side.run({ ...warmUp, prefix: `warm-up-${side.name}` });
  check(side.name, warmUp.calls, await outcome.answered());
}
