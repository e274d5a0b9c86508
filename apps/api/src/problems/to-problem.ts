import { HttpException } from '@nestjs/common';
import { Refusal } from '@polyphony/comparisons';
import { type Problem, type ProblemCode, problems } from '@polyphony/contracts';
import { isUnavailable } from '@polyphony/storage';
import { InvalidInput } from './invalid-input.js';
import { problemOf } from './problem.js';

/** An error as the problem that is told about it. `defect` says that it is ours and belongs in the log. */
export function toProblem(error: unknown): { problem: Problem; retryAfterSeconds?: number; defect: boolean } {
  if (error instanceof Refusal) {
    const { retryAfterMs, ...members } = error.members as { retryAfterMs?: number };
    const problem = problemOf(error.code, error.detail, members);
    return { problem, defect: false, ...(retryAfterMs !== undefined && { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }) };
  }
  if (error instanceof InvalidInput)
    return { problem: problemOf('invalid_request', error.message, { errors: error.errors }), defect: false };
  if (isUnavailable(error))
    return {
      problem: problemOf('unavailable', 'The database does not answer at the moment. Try again shortly.'),
      retryAfterSeconds: 1,
      defect: true,
    };
  const status = statusOf(error);
  if (status !== undefined && status < 500)
    return { problem: problemOf(codeOf(status), messageOf(error, status)), defect: false };
  return {
    problem: problemOf('internal', 'Something went wrong on our side. The request id helps to find it in the log.'),
    defect: true,
  };
}

/** Nest and Fastify each have their own way to say a status. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const status = (error as { statusCode?: unknown } | null | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}

function codeOf(status: number): ProblemCode {
  const known = (Object.keys(problems) as ProblemCode[]).find((code) => problems[code].status === status && !specific.has(code));
  return known ?? 'invalid_request';
}

/** Codes that only a Refusal may choose, although others share their status. */
const specific: ReadonlySet<ProblemCode> = new Set(['unknown_model', 'budget_exceeded', 'price_unknown', 'idempotency_conflict']);

function messageOf(error: unknown, status: number): string {
  if (status === 404) return 'There is nothing at this address. GET /docs describes the API.';
  if (status === 413) return 'The request body is too large.';
  if (status === 415) return 'Send the body as application/json.';
  const message = (error as Error).message;
  return message || 'The request cannot be answered as it is.';
}
