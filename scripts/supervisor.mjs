import { loadConfig } from '@polyphony/config';
import { run } from './supervisor/run.mjs';

await run(loadConfig);
