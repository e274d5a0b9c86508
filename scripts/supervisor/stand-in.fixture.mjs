/**
 * Plays any child of the supervisor: `STAND_IN_<ROLE>` holds the words of what it does.
 * `ready`, `fail:<code>:<sentence>`, `stubborn` (ignores SIGTERM), `noisy`. Its life is written to STAND_IN_JOURNAL.
 */
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename } from 'node:path';

const role = basename(process.argv[1], '.mjs');
const words = (process.env[`STAND_IN_${role.toUpperCase()}`] ?? 'ready').split(';');
const { PORT, DATABASE_URL, POLYPHONY_SECRET, POLYPHONY_ADMIN_API_KEY, POLYPHONY_SIMULATOR_URL, POLYPHONY_WORKER_INDEX } =
  process.env;
const settings = {
  PORT,
  DATABASE_URL,
  POLYPHONY_SECRET,
  POLYPHONY_ADMIN_API_KEY,
  POLYPHONY_SIMULATOR_URL,
  POLYPHONY_WORKER_INDEX,
};

function journal(what, more = {}) {
  appendFileSync(process.env.STAND_IN_JOURNAL, `${JSON.stringify({ role, pid: process.pid, what, ...more })}\n`);
}

journal('start', { settings, args: process.argv.slice(2) });

const failure = words.find((word) => word.startsWith('fail:'));
if (failure) {
  const [, code, sentence] = failure.split(':');
  process.stderr.write(`${sentence}\n`);
  process.exitCode = Number(code);
} else if (role !== 'migrate') {
  process.on('disconnect', () => {
    journal('orphaned');
    process.exit(0);
  });
  process.on('SIGTERM', () => {
    journal('stop');
    if (!words.includes('stubborn')) process.exit(0);
  });
  if (words.includes('noisy')) {
    console.log(JSON.stringify({ level: 30, msg: 'all is well' }));
    console.log(JSON.stringify({ level: 40, msg: 'mind the gap' }));
  }
  const wanted = role === 'api' ? Number(PORT) : role === 'simulator' ? Number(process.argv[3]) : 0;
  const server = createServer((request, response) => response.end(role)).listen(wanted, '127.0.0.1', () => {
    const url = `http://127.0.0.1:${server.address().port}`;
    journal('serves');
    if (role === 'simulator') console.log(JSON.stringify({ url }));
    process.send({ type: 'ready', url: role === 'guard' ? 'postgresql://stand-in' : url });
  });
}
