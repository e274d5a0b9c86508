import { ModelId } from '@polyphony/contracts';
import { z } from 'zod';

const ms = (fallback: number, description: string) => z.number().int().min(1).default(fallback).describe(description);

const PriceRow = z
  .strictObject({
    input: z.number().min(0).describe('tokens sent'),
    output: z.number().min(0).describe('tokens received, reasoning included'),
    cachedInput: z.number().min(0).optional().describe('tokens read from the provider’s cache; as `input` when not given'),
    cacheWrite: z.number().min(0).optional().describe('tokens written to the provider’s cache; as `input` when not given'),
  })
  .describe('USD per million tokens');

export const providerKinds = ['anthropic', 'openai', 'openaiCompatible', 'gemini'] as const;

const ProviderEntry = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-zA-Z0-9._-]*$/, 'must be letters, digits, dots, dashes or underscores')
    .describe('becomes the <provider> of ModelIds'),
  kind: z.enum(providerKinds).describe('openaiCompatible speaks Chat Completions, openai Responses'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('as the vendor’s own SDK expects it; its default when not given'),
  apiKey: z.string().default('').describe('may be ${VARIABLE}; empty for servers that need none'),
  concurrency: z.number().int().min(1).max(10_000).optional().describe('calls at once in each worker process'),
});

/** The YAML file named by POLYPHONY_CONFIG: what does not fit an environment variable. */
export const ConfigFile = z.strictObject({
  providers: z
    .array(ProviderEntry)
    .default([])
    .describe('further OpenAI-compatible endpoints, or other connections of a known kind'),
  prices: z
    .record(z.string().min(1), PriceRow)
    .default({})
    .describe('by ModelId; * matches any run of characters; wins over the catalogue'),
  limits: z
    .strictObject({
      maxPanel: z.number().int().min(1).max(16).default(16).describe('slots per comparison'),
      maxPromptChars: z.number().int().min(1).default(200_000).describe('characters of prompt, messages and system together'),
      maxOpenComparisons: z.number().int().min(1).default(5_000).describe('unfinished comparisons beyond which new ones get 429'),
      defaultMaxOutputTokens: z.number().int().min(1).default(4_096).describe('set on every call that does not say its own'),
    })
    .prefault({}),
  timeouts: z
    .strictObject({
      connectMs: ms(10_000, 'until the provider answers with headers'),
      firstTokenMs: ms(30_000, 'until the first content arrives'),
      idleMs: ms(20_000, 'without any byte in mid-stream'),
      totalMs: ms(600_000, 'one call in all'),
    })
    .prefault({}),
  retry: z
    .strictObject({
      attempts: z.number().int().min(1).max(10).default(3).describe('calls of one model before it has failed for good'),
      baseMs: ms(500, 'first back-off, doubled each time, with full jitter'),
      maxMs: ms(20_000, 'longest wait; a longer Retry-After means failed for good'),
    })
    .prefault({}),
  circuit: z
    .strictObject({
      failures: z.number().int().min(1).default(5).describe('failures within windowMs that open the circuit'),
      windowMs: ms(30_000, 'the window those failures are counted in'),
      openMs: ms(10_000, 'until a probe is let through'),
    })
    .prefault({}),
  assessment: z
    .strictObject({
      summarizer: ModelId.optional().describe('writes the summaries and the digest'),
      judges: z.array(ModelId).min(1).max(7).optional().describe('rank the answers; up to seven'),
      synthesizer: ModelId.optional().describe('writes one answer from all'),
    })
    .prefault({})
    .describe('models used where a request names none; without them, those of the panel serve'),
  retention: z
    .strictObject({
      eventsMs: ms(3_600_000, 'how long after the end the deltas of a log are kept; a later watcher gets a snapshot first'),
    })
    .prefault({}),
});
export type ConfigFile = z.infer<typeof ConfigFile>;

const port = z.coerce.number().int().min(0).max(65_535);
const url = (protocol: RegExp) => z.url({ protocol });

/** Environment variables, with what they mean. Variables not named here are not read. */
export const Environment = z.object({
  PORT: port.default(3000).describe('port of the API'),
  POLYPHONY_HOST: z.string().default('127.0.0.1').describe('address the API listens on; 0.0.0.0 for all'),
  DATABASE_URL: url(/^postgres(ql)?$/)
    .optional()
    .describe('your PostgreSQL (14 or newer); without it an embedded one is started'),
  REDIS_URL: url(/^rediss?$/)
    .optional()
    .describe('Redis 7 or Valkey for queue and wake-ups; without it PostgreSQL carries both'),
  POLYPHONY_DATA_DIR: z.string().default('.polyphony').describe('where embedded mode keeps its data, secrets and logs'),
  POLYPHONY_SECRET: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, 'must be 32 bytes in base64 (openssl rand -base64 32)')
    .optional()
    .describe('32 bytes in base64; made and kept in the data directory in embedded mode, required otherwise'),
  POLYPHONY_ADMIN_API_KEY: z
    .string()
    .min(16, 'must be at least 16 characters long')
    .optional()
    .describe('when set, an administrator with this key exists after start'),
  POLYPHONY_WORKERS: z.coerce.number().int().min(0).max(64).default(2).describe('worker processes that npm start runs'),
  POLYPHONY_CONFIG: z.string().optional().describe('path of the YAML file'),
  POLYPHONY_SIMULATOR_URL: url(/^https?$/)
    .optional()
    .describe('where the provider simulator listens; set by npm start'),
  POLYPHONY_WORKER_INDEX: z.coerce.number().int().min(0).default(0).describe('set by npm start'),
  POLYPHONY_PUBLIC_URL: url(/^https?$/)
    .optional()
    .describe('the address people use, when it is not the one the API listens on: allowed as an Origin'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('how much is logged'),
  NODE_ENV: z.string().optional().describe('production makes logs JSON even in a terminal'),
});
export type Environment = z.infer<typeof Environment>;
