import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { type Config, ConfigError } from './config.js';
import { providerConnections } from './providers.js';
import { ConfigFile, Environment } from './schema.js';

/**
 * Reads the environment and the YAML file it names into one frozen, typed object.
 * Throws ConfigError, whose message names the setting and says what to change.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const variables = check(Environment, withoutEmpty(env), 'environment variable');
  const file = variables.POLYPHONY_CONFIG ? readFile(variables.POLYPHONY_CONFIG, env) : ConfigFile.parse({});
  if (variables.REDIS_URL && !variables.DATABASE_URL)
    throw new ConfigError('REDIS_URL is set without DATABASE_URL: set DATABASE_URL too, or neither to run embedded.');
  if (variables.DATABASE_URL && !variables.POLYPHONY_SECRET)
    throw new ConfigError(
      'POLYPHONY_SECRET is required with DATABASE_URL: set it to 32 bytes in base64 (openssl rand -base64 32).',
    );
  return deepFreeze({
    port: variables.PORT,
    host: variables.POLYPHONY_HOST,
    publicUrl: variables.POLYPHONY_PUBLIC_URL,
    mode: variables.DATABASE_URL ? 'external' : 'embedded',
    databaseUrl: variables.DATABASE_URL,
    redisUrl: variables.REDIS_URL,
    dataDir: resolve(variables.POLYPHONY_DATA_DIR),
    secret: variables.POLYPHONY_SECRET,
    adminApiKey: variables.POLYPHONY_ADMIN_API_KEY,
    workers: variables.POLYPHONY_WORKERS,
    workerIndex: variables.POLYPHONY_WORKER_INDEX,
    providers: {
      connections: providerConnections(env, file, variables.POLYPHONY_SIMULATOR_URL),
      timeouts: file.timeouts,
      retry: file.retry,
      circuit: file.circuit,
    },
    prices: file.prices,
    limits: file.limits,
    assessment: file.assessment,
    retention: file.retention,
    log: { level: variables.LOG_LEVEL, production: variables.NODE_ENV === 'production' },
  } satisfies Config);
}

function readFile(path: string, env: NodeJS.ProcessEnv): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError(`POLYPHONY_CONFIG names ${path}, which cannot be read: correct the path or its permissions.`);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  return check(ConfigFile, interpolate(content ?? {}, env, path), `setting of ${path}`);
}

/** Replaces `${NAME}` in every string by the environment variable of that name; one that is not set is an error. */
function interpolate(value: unknown, env: NodeJS.ProcessEnv, path: string): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined)
        throw new ConfigError(`${path} uses \${${name}}, but the environment variable ${name} is not set.`);
      return found;
    });
  if (Array.isArray(value)) return value.map((item) => interpolate(item, env, path));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolate(item, env, path)]));
  return value;
}

function check<T extends z.ZodType>(schema: T, value: unknown, what: string): z.infer<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new ConfigError(`The ${what} ${issue.path.join('.') || '(top level)'} cannot be used: ${issue.message}.`);
}

function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (member && typeof member === 'object') deepFreeze(member as object);
  return Object.freeze(value);
}
