import type { AssessmentConfig, Config, RetryConfig } from '@polyphony/config';

/** What the operator settled that workers need to know. */
export class WorkerSettings {
  readonly retry: RetryConfig;
  readonly assessment: AssessmentConfig;
  readonly defaultMaxOutputTokens: number;

  constructor(config: Config) {
    this.retry = config.providers.retry;
    this.assessment = config.assessment;
    this.defaultMaxOutputTokens = config.limits.defaultMaxOutputTokens;
  }
}
