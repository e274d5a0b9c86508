import { randomUUID } from 'node:crypto';
import { ProblemError, PolyphonyClient, UnreachableError, type Watch, chooseModels } from '@polyphony/client';
import type { Comparison, CreateComparisonInput } from '@polyphony/contracts';

import type { AskOptions } from './command-line.js';
import type { ServerAddress } from './find-server.js';
import { type LiveView, type Terminal, liveViewFor } from './live-view.js';
import type { Paint } from './render/paint.js';
import { renderResult } from './render/result.js';

const exitCodes = { completed: 0, failed: 1, interrupted: 130 } as const;
const cancelWaitMs = 3_000;

export interface AskContext {
  server: ServerAddress;
  terminal: Terminal;
  /** Where everything goes that is not the result. */
  notices: (line: string) => void;
  paint: Paint;
  /** Aborted when the person wants to stop. */
  interrupted: AbortSignal;
}

/** Asks, shows, and returns the process's exit code. Errors: those of the client. */
export async function ask(options: AskOptions, context: AskContext): Promise<number> {
  const { server, terminal, notices, paint, interrupted } = context;
  const client = new PolyphonyClient({ baseUrl: server.url, token: server.key });
  const models = options.models ?? chooseModels(await client.listModels());
  if (models.length === 0)
    throw new Error('There is no model to ask. Set a provider key, such as ANTHROPIC_API_KEY, and restart the server.');
  const created = await client.createComparison(requestOf(options, models), {
    idempotencyKey: randomUUID(),
    signal: interrupted,
  });

  const view = options.json ? undefined : liveViewFor(terminal, created.answers.length, paint);
  const { watch, latest } = follow(client, created, view, notices);
  try {
    const result = await untilDoneOrInterrupted(client, watch, latest, interrupted);
    watch.stop();
    if (options.json) terminal.write(`${JSON.stringify(result, null, 2)}\n`);
    else {
      view?.finish(result);
      const width = Math.min(terminal.isTTY ? (terminal.columns ?? 80) - 1 : 100, 120);
      terminal.write(`${renderResult(result, width, paint).join('\n')}\n`);
    }
    if (interrupted.aborted) return exitCodes.interrupted;
    return result.status === 'completed' ? exitCodes.completed : exitCodes.failed;
  } finally {
    watch.stop();
  }
}

/** What to tell a person about an error, and what to do. */
export function explain(error: unknown, server: ServerAddress): string {
  if (error instanceof UnreachableError) return `Nothing answers at ${server.url}. Start it with npm start.`;
  if (error instanceof ProblemError && error.problem.code === 'unauthenticated')
    return `${server.url} ${server.key ? 'does not accept this key' : 'needs a key'}. Give one with --key or POLYPHONY_API_KEY.`;
  if (error instanceof ProblemError && error.problem.errors?.length)
    return [error.message, ...error.problem.errors.map(({ path, message }) => `  ${path}: ${message}`)].join('\n');
  return error instanceof Error ? error.message : String(error);
}

function requestOf(options: AskOptions, models: string[]): CreateComparisonInput {
  return {
    prompt: options.question,
    panel: models,
    assessment: {
      synthesis: options.synthesis,
      ...(options.ranking ? {} : { ranking: 'none' }),
      ...(options.judges ? { judges: options.judges } : {}),
    },
    ...(options.deadlineMs === undefined ? {} : { policy: { deadlineMs: options.deadlineMs } }),
  };
}

function follow(client: PolyphonyClient, created: Comparison, view: LiveView | undefined, notices: (line: string) => void) {
  const seen = { comparison: created, wasLost: false };
  const watch = client.watch(created.id, {
    onChange: (comparison) => {
      seen.comparison = comparison;
      view?.show(comparison);
    },
    onConnection: (state) => {
      if (state === 'lost') notices('The connection was lost; the answers go on. Trying to come back …');
      else if (state === 'live' && seen.wasLost) notices('Connected again.');
      seen.wasLost = state === 'lost';
    },
  });
  return { watch, latest: () => seen.comparison };
}

/** On interruption the comparison is cancelled, and what is there is the result. */
async function untilDoneOrInterrupted(
  client: PolyphonyClient,
  watch: Watch,
  latest: () => Comparison,
  interrupted: AbortSignal,
): Promise<Comparison> {
  const stop = new Promise<'stop'>((resolve) => {
    if (interrupted.aborted) resolve('stop');
    else interrupted.addEventListener('abort', () => resolve('stop'), { once: true });
  });
  const first = await Promise.race([watch.done, stop]);
  if (first !== 'stop') return first;
  const giveUp = new Promise<undefined>((resolve) => setTimeout(resolve, cancelWaitMs, undefined).unref());
  const cancelled = client.cancelComparison(latest().id).then(() => watch.done);
  return (await Promise.race([cancelled.catch(() => undefined), giveUp])) ?? latest();
}
