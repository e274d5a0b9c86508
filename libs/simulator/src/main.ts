import { parseArgs } from 'node:util';
import { startSimulator } from './server.js';

/** Runs the simulator as a process of its own: `main.js [--port N] [--host H] [--models a,b] [--no-lists]`; prints `{"url": …}` when ready. */
async function main(): Promise<void> {
  process.title = 'polyphony-simulator';
  const { values } = parseArgs({
    options: { port: { type: 'string' }, host: { type: 'string' }, models: { type: 'string' }, 'no-lists': { type: 'boolean' } },
  });
  const port = Number(values.port ?? 0);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('--port takes a port number, or 0 for any free port.');
  const models = values.models?.split(',').filter(Boolean) ?? [];
  const simulator = await startSimulator({
    port,
    models,
    lists: !values['no-lists'],
    ...(values.host !== undefined && { host: values.host }),
  });
  const leave = (): void => void simulator.close().finally(() => process.exit(0));
  // The process that started this one may die without a word; its channel closing is the word.
  process.on('disconnect', leave);
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  process.stdout.write(`${JSON.stringify({ url: simulator.url })}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`The simulator could not start: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
