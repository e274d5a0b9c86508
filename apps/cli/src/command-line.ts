import { parseArgs } from 'node:util';

export interface AskOptions {
  question: string;
  models: string[] | undefined;
  judges: string[] | undefined;
  synthesis: boolean;
  ranking: boolean;
  json: boolean;
  url: string | undefined;
  key: string | undefined;
  deadlineMs: number | undefined;
}

/** The command was not understood. The message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const usage = `Usage: npm run ask -- "question" [options]

Asks several models at once, shows their answers live, then one ranked result and what it cost.

  --models a,b    the models to ask, as provider/model (default: up to four of different providers)
  --judges a,b    the models that rank the answers (default: of the panel)
  --synthesis     also write one answer from all of them
  --no-ranking    do not rank the answers
  --deadline s    stop waiting after so many seconds (default: 120)
  --json          print the finished comparison as JSON and nothing else
  --url, --key    the server and its key (default: POLYPHONY_URL and POLYPHONY_API_KEY, then the running instance)
  --help          this text

Exit codes: 0 completed, 1 failed, 2 usage, 130 interrupted.`;

/** Reads the arguments after the program's name. Errors: UsageError. `'help'` when help was asked for. */
export function readCommandLine(args: string[]): AskOptions | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const question = positionals.join(' ').trim();
  if (!question) throw new UsageError('Give the question, in quotes: npm run ask -- "Why is the sky blue?"');
  return {
    question,
    models: listOf('--models', values.models),
    judges: listOf('--judges', values.judges),
    synthesis: values.synthesis ?? false,
    ranking: !values['no-ranking'],
    json: values.json ?? false,
    url: values.url,
    key: values.key,
    deadlineMs: values.deadline === undefined ? undefined : milliseconds(values.deadline),
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        models: { type: 'string' },
        judges: { type: 'string' },
        synthesis: { type: 'boolean' },
        'no-ranking': { type: 'boolean' },
        json: { type: 'boolean' },
        url: { type: 'string' },
        key: { type: 'string' },
        deadline: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function listOf(flag: string, value: string | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const models = value.split(',').flatMap((part) => part.trim() || []);
  const wrong = models.find((model) => !/^[^/\s]+\/\S+$/.test(model));
  if (wrong !== undefined) throw new UsageError(`${flag}: "${wrong}" is not <provider>/<model>, for example openai/gpt-6-luna`);
  if (models.length === 0) throw new UsageError(`${flag} needs at least one model`);
  return models;
}

function milliseconds(seconds: string): number {
  const value = Number(seconds);
  if (!(value >= 0.1 && value <= 3600))
    throw new UsageError(`--deadline: "${seconds}" is not a number of seconds from 0.1 to 3600`);
  return Math.round(value * 1000);
}
