/** Runs a supervisor on stand-ins: argv is the configuration and the programs as JSON. */
import { run } from './run.mjs';

const { config, programs, patience } = JSON.parse(process.argv[2]);
await run(() => config, { programs, patience });
