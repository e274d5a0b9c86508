import { Injectable } from '@nestjs/common';
import { type ClaimedStep, StepRecorder, leaseMs } from '@polyphony/comparisons';
import { type Work, WorkRegistry } from '../process/work-registry.js';
import { WorkStopped } from './step-calls.js';

/** A step that was started this often has lost its worker each time: it then goes without models. */
const maxAttempts = 4;

/** The frame of every step: claim, work, and when the process goes away hand the step back. */
@Injectable()
export class StepWork {
  constructor(
    private readonly recorder: StepRecorder,
    private readonly registry: WorkRegistry,
  ) {}

  /** `modelsAllowed` is false when calling models has brought down its worker too often. */
  async run(stepId: string, work: (claimed: ClaimedStep, work: Work, modelsAllowed: boolean) => Promise<void>): Promise<void> {
    const claimed = await this.recorder.claim(stepId, this.registry.owner, leaseMs);
    if (!claimed) return;
    const held = this.registry.begin(stepId, claimed.step.attempt);
    try {
      await work(claimed, held, claimed.step.attempt <= maxAttempts);
    } catch (error) {
      if (!(error instanceof WorkStopped)) throw error;
      if (held.reason() === 'draining') await this.recorder.handBack(claimed);
    } finally {
      held.end();
    }
  }
}
