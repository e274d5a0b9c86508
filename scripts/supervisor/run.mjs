import { Refusal } from './refusal.mjs';
import { Stopped, Supervisor } from './supervisor.mjs';

/** One Ctrl-C may arrive twice, from the terminal and from npm; a person who means it presses again later than this. */
const sameKeystrokeMs = 1000;

/**
 * Runs until a signal ends it, and ends the process: 0 when it was asked to, 1 with one sentence when it cannot run.
 * @param {() => import('@polyphony/config').Config} loadConfig @param {object} [options] as Supervisor takes them
 */
export async function run(loadConfig, options) {
  process.title = 'polyphony-supervisor';
  // A terminal that was closed is no reason to end comparisons.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  let supervisor;
  try {
    supervisor = new Supervisor(loadConfig(), options);
    endOnSignals(supervisor);
    process.stdout.write(await supervisor.start());
    await supervisor.over;
  } catch (error) {
    await supervisor?.stop();
    if (error instanceof Stopped) process.exit(0);
    const plain = error instanceof Refusal || error.name === 'ConfigError';
    process.stderr.write(`${plain ? error.message : error.stack}\n`);
    process.exit(1);
  }
}

function endOnSignals(supervisor) {
  let firstAt;
  const end = (signal) => {
    if (firstAt === undefined) {
      firstAt = Date.now();
      process.stderr.write('Stopping; answers being written are finished or handed over. Ctrl-C again stops at once.\n');
      void supervisor.stop();
    } else if (signal === 'SIGINT' && Date.now() - firstAt > sameKeystrokeMs) supervisor.force();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  endWithNpm(() => end('SIGTERM'));
}

/** npm ends its shell at a SIGTERM but passes none on to us: whoever ends `npm start` means what it started. */
function endWithNpm(end) {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    end();
  }, 500);
  watch.unref();
}
