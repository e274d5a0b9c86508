export { EmbeddedPostgresError } from './embedded-postgres-error.js';
export { type EmbeddedPostgres, startPostgres, type StartPostgresOptions } from './start-postgres.js';
