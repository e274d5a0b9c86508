import { fileURLToPath } from 'node:url';
import { ask, explain } from './ask.js';
import { UsageError, readCommandLine, usage } from './command-line.js';
import { findServer } from './find-server.js';
import { ansiPaint, noPaint } from './render/paint.js';

const sameKeyPressMs = 500;

async function main(): Promise<number> {
  const options = readCommandLine(process.argv.slice(2));
  if (options === 'help') {
    console.log(usage);
    return 0;
  }
  const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));
  const directories = [process.env['INIT_CWD'], process.cwd(), projectRoot].flatMap((directory) => directory ?? []);
  const server = findServer(options, { env: process.env, directories });
  const interruption = new AbortController();
  let interruptedAt = 0;
  process.on('SIGINT', () => {
    // npm passes on the signal that the terminal has already sent: the same Ctrl-C arrives twice.
    if (interruption.signal.aborted && Date.now() - interruptedAt > sameKeyPressMs) process.exit(130);
    interruptedAt ||= Date.now();
    interruption.abort();
  });
  const paint = process.stdout.isTTY && !process.env['NO_COLOR'] ? ansiPaint : noPaint;
  try {
    return await ask(options, {
      server,
      terminal: process.stdout,
      notices: console.error,
      paint,
      interrupted: interruption.signal,
    });
  } catch (error) {
    if (interruption.signal.aborted) return 130;
    console.error(explain(error, server));
    return 1;
  }
}

process.stdout.on('error', () => process.exit(1)); // the reader of a pipe went away
main().then(exitWith, (error: unknown) => {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error);
  exitWith(error instanceof UsageError ? 2 : 1);
});

/** Leaves when everything is written, and does not wait for a connection that will not close. */
function exitWith(code: number): void {
  process.exitCode = code;
  setTimeout(() => process.exit(code), 1_000).unref();
}
