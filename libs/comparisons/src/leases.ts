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

  /** Renews everything this owner holds; returns `id:attempt` of what it still holds. Whatever is missing was taken away. */
  async renew(owner: string): Promise<Set<string>> {
    const { direct } = this.database;
    const held = [...(await this.answers.renew(direct, owner, leaseMs)), ...(await this.steps.renew(direct, owner, leaseMs))];
    return new Set(held.map(({ id, attempt }) => `${id}:${attempt}`));
  }
}
