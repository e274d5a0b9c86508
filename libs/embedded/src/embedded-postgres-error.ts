/** Why the embedded PostgreSQL cannot run. The message is one sentence that says what to change; it never holds the password. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
