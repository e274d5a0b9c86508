export { PolyphonyClient, type ClientOptions, type Person, type Session } from './polyphony-client.js';
export type { ConnectionState, Watch, WatchOptions } from './comparison-watch.js';
export { applyEvent, endsComparison, isPartialSynthesis } from './apply-event.js';
export { chooseModels } from './choose-models.js';
export { ProblemError, UnreachableError, WatchStoppedError } from './problem-error.js';
export type * from '@polyphony/contracts';
