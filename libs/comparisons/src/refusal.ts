import { type ProblemCode, problems } from '@polyphony/contracts';

/** A request that is answered with a problem: the caller's fault, or a state in which it cannot be done. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  /** `detail` says to the caller what to change; `members` are added to the problem document. */
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly members: Record<string, unknown> = {},
  ) {
    super(detail);
    this.status = problems[code].status;
  }
}

export function notFound(): Refusal {
  return new Refusal('not_found', 'There is no comparison with this id.');
}
