import { fileURLToPath } from 'node:url';

const program = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

/** The built programs. */
export const programs = {
  api: program('apps/api/dist/main.js'),
  worker: program('apps/worker/dist/main.js'),
  migrate: program('apps/worker/dist/migrate.js'),
};
