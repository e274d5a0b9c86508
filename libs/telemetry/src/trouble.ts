import type { Logger } from 'pino';

/**
 * Reports faults that repeat while something is away (a database, a queue): the first at once, then at most one line per
 * kind every ten seconds with how many there were, so that an outage does not bury the log.
 */
export class TroubleLog {
  private readonly kinds = new Map<string, { since: number; count: number }>();

  constructor(
    private readonly logger: Logger,
    private readonly everyMs = 10_000,
  ) {}

  readonly report = (error: unknown, where?: object): void => {
    const { code, message } = (error ?? {}) as { code?: string; message?: string };
    const kind = `${code ?? ''} ${message ?? String(error)}`;
    const now = Date.now();
    const known = this.kinds.get(kind);
    if (known && now - known.since < this.everyMs) {
      known.count++;
      return;
    }
    if (this.kinds.size > 200) this.kinds.clear();
    this.kinds.set(kind, { since: now, count: 0 });
    this.logger.warn({ err: error, ...where, ...(known?.count && { repeated: known.count }) }, 'trouble');
  };
}
