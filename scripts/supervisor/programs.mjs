import { fileURLToPath } from 'node:url';

const program = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The programs a supervisor runs. Tests put stand-ins in their place. */
export const programs = {
  simulator: program('libs/simulator/dist/main.js'),
  guard: program('scripts/supervisor/postgres-guard.mjs'),
  migrate: program('apps/worker/dist/migrate.js'),
  api: program('apps/api/dist/main.js'),
  worker: program('apps/worker/dist/main.js'),
};
