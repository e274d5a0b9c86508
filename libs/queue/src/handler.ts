import { SetMetadata } from '@nestjs/common';
import type { JobName, JobPayload } from './catalogue.js';

const HANDLES = 'polyphony:handles';

/**
 * What a worker does with one kind of job. It must be harmless to call twice: the row says whether there is still
 * something to do. Errors it throws are defects; they are reported, and the sweep brings back what is still due.
 */
export interface JobHandler<N extends JobName> {
  handle(payload: JobPayload<N>): Promise<void>;
}

/** Declares the job a class handles. Boot refuses to start unless every job has exactly one handler. */
export const Handles = (name: JobName): ClassDecorator => SetMetadata(HANDLES, name);

export function handledBy(target: object): JobName | undefined {
  return Reflect.getMetadata(HANDLES, target) as JobName | undefined;
}
