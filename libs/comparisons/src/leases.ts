import { Injectable } from '@nestjs/common';
import { AnswerRepository, Database, StepRepository } from '@polyphony/storage';

/** How long a claim lasts without being renewed, and how often a worker renews: milliseconds. */
export const leaseMs = 8_000;
export const renewEveryMs = 2_000;

/** Keeps one worker's claims alive. */
@Injectable()
export class Leases {
  constructor(
    private readonly database: Database,
    private readonly answers: AnswerRepository,
    private readonly steps: StepRepository,
  ) {}

  /**
   * Renews those of these answers and steps that this owner still holds, and returns `id:attempt` of them; whatever is
   * missing was taken away. A claim that is not named, because its work came to grief, runs out and is taken back.
   */
  async renew(owner: string, ids: readonly string[]): Promise<Set<string>> {
    const { direct } = this.database;
    const held = [
      ...(await this.answers.renew(direct, owner, ids, leaseMs)),
      ...(await this.steps.renew(direct, owner, ids, leaseMs)),
    ];
    return new Set(held.map(({ id, attempt }) => `${id}:${attempt}`));
  }
}
