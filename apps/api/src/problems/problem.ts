import { type Problem, type ProblemCode, problems } from '@polyphony/contracts';

/** Builds a problem document; `detail` says what to change, `members` are added to it. */
export function problemOf(code: ProblemCode, detail: string, members: Record<string, unknown> = {}): Problem {
  return { type: `urn:polyphony:problem:${code}`, ...problems[code], code, detail, ...members };
}
