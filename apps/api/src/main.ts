import { loadConfig } from '@polyphony/config';
import { createLogger, runProcess } from '@polyphony/telemetry';
import { startApi } from './api.js';

await runProcess('polyphony-api', async () => {
  const config = loadConfig();
  return startApi(config, createLogger(config, 'api', process.stdout.isTTY));
});
