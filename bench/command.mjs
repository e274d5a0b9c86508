import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmark } from './benchmark.mjs';
import { VoidRun } from './measure.mjs';
import { chosenMeasurements, measurementNames } from './measurements.mjs';
import { document, machine, tables } from './report.mjs';

const page = new URL('../docs/benchmarks.md', import.meta.url);

const usage = `npm run bench -- [options]
  --quick              few rounds: does it work, not how fast is it
  --only <names>       some of ${measurementNames.join(', ')}, or the beginnings of their names
  --backend <name>     postgres or redis; both when not given
  --json               print everything measured as JSON instead of tables
  --write              write docs/benchmarks.md; only a full run can
  --no-build           measure what was built last, whatever the sources are now
`;

try {
  await run(readArguments());
} catch (error) {
  process.stderr.write(`${error instanceof VoidRun ? `This run is void: ${error.message}` : error.message}\n`);
  process.exitCode = 1;
}

async function run(options) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  const host = machine();
  if (host.loadAtStart > 0.5)
    process.stderr.write(`Something else is running here (load ${host.loadAtStart}): compare the ratios, not the figures.\n`);
  const measurements = chosenMeasurements(options);
  const runs = {};
  for (const kind of options.backends) runs[kind] = await benchmark(kind, measurements, say);
  if (options.json) process.stdout.write(`${JSON.stringify({ machine: host, runs }, null, 2)}\n`);
  else process.stdout.write(`${tables(runs)}\n`);
  if (options.write) writeFileSync(page, document(host, runs));
}

function say(line) {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      backend: { type: 'string' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      'no-build': { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const backends = values.backend ? [values.backend] : ['postgres', 'redis'];
  if (process.platform !== 'linux') throw new Error('CPU is read from /proc: run this on Linux.');
  if (!['postgres', 'redis'].includes(backends[0])) throw new Error(`--backend takes postgres or redis.\n${usage}`);
  if (values.write && (values.quick || values.only || values.backend))
    throw new Error('--write records a full run: leave out --quick, --only and --backend.');
  const only = values.only?.split(',');
  const unknown = only?.find((wanted) => !measurementNames.some((name) => name.startsWith(wanted)));
  if (unknown !== undefined) throw new Error(`There is no measurement "${unknown}".\n${usage}`);
  return { quick: values.quick, only, backends, json: values.json, write: values.write };
}
