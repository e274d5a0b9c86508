import type { LoggerService } from '@nestjs/common';
import type { Config } from '@polyphony/config';
import { type Logger, pino } from 'pino';
import { pretty } from './pretty.js';

export type { Logger } from 'pino';

/** Members that may hold a secret, wherever they stand in what is logged. */
const secretMembers = ['apiKey', 'authorization', 'cookie', 'password', 'token', 'secret', 'key'];
const redact = { paths: secretMembers.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' };

/** What is told of an error. Not its other members: a failed query carries its parameters, which are people's texts. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  return { type: name, message, code: (error as { code?: unknown }).code, stack };
}

/** The process's logger: JSON lines, or readable ones in a terminal outside production. Secrets are cut out by member name. */
export function createLogger(config: Config, process: string, terminal: boolean): Logger {
  const options = { level: config.log.level, base: { process }, redact, serializers: { err: describeError } };
  return terminal && !config.log.production ? pino(options, pretty()) : pino(options);
}

/** Nest's own messages through the same logger; its chatter about routes and modules is for debugging. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
  fatal(message: unknown, context?: string): void {
    this.logger.fatal({ context }, String(message));
  }
}
