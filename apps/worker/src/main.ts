import { loadConfig } from '@polyphony/config';
import { createLogger, runProcess } from '@polyphony/telemetry';
import { startWorker } from './worker.js';

await runProcess('polyphony-worker', async () => {
  const config = loadConfig();
  return startWorker(config, createLogger(config, `worker-${config.workerIndex}`, process.stdout.isTTY));
});
