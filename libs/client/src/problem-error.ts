import type { Problem } from '@polyphony/contracts';

/** A refusal by the server, over HTTP or the socket. `problem.code` is stable; the message says to a person what to change. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

/** No answer came from the server at all: it is not running, not reachable, or did not answer in time. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor(
    readonly baseUrl: string,
    cause?: unknown,
  ) {
    super(`Nothing answers at ${baseUrl}.`, { cause });
  }
}

/** The watch was stopped before its comparison ended. */
export class WatchStoppedError extends Error {
  override readonly name = 'WatchStoppedError';

  constructor() {
    super('The watch was stopped before the comparison ended.');
  }
}

/** Reads the problem out of a refused response; a proxy's page that is not one becomes one. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => undefined);
  if (isProblem(body)) return body;
  return {
    type: 'about:blank',
    title: response.statusText || 'The server refused the request',
    status: response.status,
    code: response.status >= 500 ? 'unavailable' : 'invalid_request',
    detail: `The server answered with status ${response.status} and no explanation.`,
  };
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'status' in body;
}
