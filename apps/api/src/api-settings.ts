import type { Config } from '@polyphony/config';

/** What the operator settled that the API needs to know. */
export class ApiSettings {
  readonly publicUrl: string | undefined;
  readonly providers: readonly string[];
  readonly maxPromptChars: number;

  constructor(config: Config) {
    this.publicUrl = config.publicUrl;
    this.providers = config.providers.connections.map(({ id }) => id);
    this.maxPromptChars = config.limits.maxPromptChars;
  }
}
