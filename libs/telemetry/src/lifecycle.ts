import { CONFIG_EXIT_CODE, ConfigError } from '@polyphony/config';

/** What a process needs to end well. */
export interface Lifecycle {
  /** Called once, on the first SIGTERM, SIGINT or loss of the supervisor; the process exits when it resolves. */
  stop(reason: string): Promise<void>;
}

/**
 * Runs a process: starts it, tells the supervisor when it serves, and stops it on a signal or when the supervisor is gone.
 * A setting that cannot be used ends it with one sentence on stderr and an exit code that says "do not restart me".
 */
export async function runProcess(title: string, start: () => Promise<Lifecycle>): Promise<void> {
  process.title = title;
  let lifecycle: Lifecycle | null = null;
  let stopping = false;
  const stop = (reason: string): void => {
    if (stopping) return;
    stopping = true;
    if (!lifecycle) process.exit(0);
    lifecycle.stop(reason).then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => (process.connected ? undefined : stop('SIGINT'))); // in a terminal the supervisor tells us
  process.on('disconnect', () => stop('the supervisor is gone'));
  try {
    lifecycle = await start();
    if (!stopping) process.send?.({ type: 'ready' });
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? CONFIG_EXIT_CODE : 1);
}
