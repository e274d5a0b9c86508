import { PolyphonyClient, ProblemError } from '@polyphony/client';

/** The API that served this page, by the browser's session cookie. */
export const client = new PolyphonyClient({ baseUrl: window.location.origin });

/** What to tell a person about an error. */
export function explain(error: unknown): string {
  if (error instanceof ProblemError && error.problem.errors?.length)
    return `${error.message} ${error.problem.errors.map(({ path, message }) => `${path}: ${message}`).join('; ')}`;
  if (error instanceof Error && error.name === 'UnreachableError')
    return 'The server does not answer. Check that it runs, then try again.';
  return error instanceof Error ? error.message : String(error);
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.status === 401;
}
