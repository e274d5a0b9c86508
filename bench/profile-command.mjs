import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Backend } from './backend.mjs';
import { startSimulator, warm } from './benchmark.mjs';
import { take } from './measure.mjs';
import { chosenMeasurements, measurementNames } from './measurements.mjs';
import { PolyphonySide } from './polyphony-side.mjs';
import { end } from './processes.mjs';
import { SdkSide } from './sdk-side.mjs';
import { selfTimes } from './self-time.mjs';

const usage = `node bench/profile.mjs [options]
  --load <name>       one of ${measurementNames.join(', ')}; unpaced200 when not given
  --backend <name>    postgres (the default) or redis
  --passes <n>        how often the load is run while profiling; 1 when not given
  --top <n>           functions to list for each process; 20 when not given
  --keep <folder>     keep the .cpuprofile files there, for a browser's developer tools
  --no-build          profile what was built last
`;

const { values } = parseArgs({
  options: {
    load: { type: 'string', default: 'unpaced200' },
    backend: { type: 'string', default: 'postgres' },
    passes: { type: 'string', default: '1' },
    top: { type: 'string', default: '20' },
    keep: { type: 'string' },
    'no-build': { type: 'boolean' },
    help: { type: 'boolean' },
  },
});
if (values.help) process.stdout.write(usage);
else await profile(values);

/** Profiles API, workers and, for comparison, the SDK script while a load runs, and prints where each spends its time. */
async function profile({ load, backend: kind, passes, top, keep }) {
  const [chosen] = chosenMeasurements({ quick: false, only: [load] });
  if (!chosen) throw new Error(`There is no load "${load}".\n${usage}`);
  const measurement = { ...chosen, passes: Number(passes) };
  const folder = keep ? resolve(keep) : mkdtempSync(join(tmpdir(), 'polyphony-profile-'));
  mkdirSync(folder, { recursive: true });
  const windows = await run(measurement, kind, folder);
  for (const [side, { taken }] of windows) process.stdout.write(`${side}: ${perComparison(taken)}\n`);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.cpuprofile'))
    .sort()) {
    const name = file.replace('.cpuprofile', '');
    const window = windows.get(name === 'sdk-script' ? 'SDK script' : 'Polyphony');
    print(name, selfTimes(JSON.parse(readFileSync(join(folder, file), 'utf8')), window), Number(top));
  }
  if (!keep) rmSync(folder, { recursive: true, force: true });
}

/** Runs the load once for each side; the profiles are in the folder afterwards. Returns when each side's part was. */
async function run(measurement, kind, folder) {
  const flags = (name) => [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${name}.cpuprofile`,
    '--cpu-prof-interval=500',
  ];
  const backend = new Backend(kind);
  const sides = [new PolyphonySide(backend), new SdkSide()];
  const [polyphony, script] = sides;
  const windows = new Map();
  let simulator;
  try {
    simulator = await startSimulator();
    await Promise.all([
      backend.start(simulator.url, { execArgv: flags }),
      script.start(simulator.url, { folder, execArgv: flags('sdk-script') }),
    ]);
    for (const side of sides) {
      await warm(side);
      const fromUs = nowUs();
      const [taken] = await take(measurement, [side], () => ({}));
      windows.set(side.name, { fromUs, untilUs: nowUs(), taken });
    }
  } finally {
    // A profile is written when its process ends.
    await polyphony.stop();
    await script.stop();
    await backend.stop();
    await end(simulator?.child);
  }
  return windows;
}

/** The clock that V8 stamps its samples with. */
function nowUs() {
  return Number(process.hrtime.bigint() / 1000n);
}

function perComparison({ comparisons, cpu }) {
  const parts = Object.entries(cpu).map(([part, seconds]) => `${part} ${((seconds * 1000) / comparisons).toFixed(1)}`);
  return `${comparisons} comparisons, CPU in ms for each: ${parts.join(', ')}`;
}

function print(name, { busyMs, functions, places }, top) {
  const line = ([what, ms]) => `${((100 * ms) / busyMs).toFixed(1).padStart(6)} % ${ms.toFixed(0).padStart(7)} ms  ${what}`;
  const share = places.filter(([, ms]) => ms / busyMs > 0.01);
  process.stdout.write(
    [
      `\n## ${name}: busy ${busyMs.toFixed(0)} ms`,
      'by package or room',
      ...share.map(line),
      'by function',
      ...functions.slice(0, top).map(line),
      '',
    ].join('\n'),
  );
}
