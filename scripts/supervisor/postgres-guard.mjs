import { EmbeddedPostgresError, startPostgres } from '@polyphony/embedded';

/**
 * Owns the embedded PostgreSQL, so that it ends with the supervisor even when that is killed: the closed channel is the sign.
 * Says `{type: 'ready', url}` or `{type: 'refused', message}`; ends, to be started again, when the server does.
 */
process.title = 'polyphony-guard';
// Output has no reader when the supervisor is gone; a failed write must not keep the server from being ended.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const starting = startPostgres({ dataDir: process.argv[2], log: (line) => console.error(line) });
let stopping = false;

async function stop() {
  if (stopping) return;
  stopping = true;
  const server = await starting.catch(() => undefined);
  await server?.stop();
  process.exit(0);
}

process.on('disconnect', stop);
process.on('SIGTERM', stop);

try {
  const server = await starting;
  if (!stopping) process.send?.({ type: 'ready', url: server.url });
  await server.exited;
  if (!stopping) {
    console.error('PostgreSQL ended unexpectedly');
    process.exit(1);
  }
} catch (error) {
  const message =
    error instanceof EmbeddedPostgresError ? error.message : `The embedded PostgreSQL does not start: ${error.message}.`;
  if (process.connected) process.send?.({ type: 'refused', message }, () => process.exit(1));
  else process.exit(1);
}
