import { Injectable } from '@nestjs/common';
import { ComparisonControl } from '@polyphony/comparisons';
import { Handles, type JobHandler } from '@polyphony/queue';

/** Ends the waiting when the deadline has come. */
@Injectable()
@Handles('deadline')
export class DeadlineHandler implements JobHandler<'deadline'> {
  constructor(private readonly control: ComparisonControl) {}

  handle({ comparisonId }: { comparisonId: string }): Promise<void> {
    return this.control.clock(comparisonId);
  }
}

/** Ends the waiting when enough answers are there and the grace for the others is over. */
@Injectable()
@Handles('grace')
export class GraceHandler implements JobHandler<'grace'> {
  constructor(private readonly control: ComparisonControl) {}

  handle({ comparisonId }: { comparisonId: string }): Promise<void> {
    return this.control.clock(comparisonId);
  }
}
