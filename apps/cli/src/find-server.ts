import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ServerAddress {
  url: string;
  key: string | undefined;
}

export interface Surroundings {
  env: Record<string, string | undefined>;
  /** Where a `.polyphony` directory may be, most specific first. */
  directories: string[];
}

const defaultUrl = 'http://127.0.0.1:3000';

/**
 * Where the server is and with which key: flags first, then the environment, then what a running instance wrote into its data
 * directory. Such a key is used only for the address it was written for.
 */
export function findServer(flags: { url?: string; key?: string }, surroundings: Surroundings): ServerAddress {
  const { env } = surroundings;
  const instance = readInstance(surroundings);
  const url = trimmed(flags.url ?? env['POLYPHONY_URL'] ?? instance?.url ?? defaultUrl);
  const instanceKey = instance && trimmed(instance.url) === url ? instance.adminApiKey : undefined;
  return { url, key: flags.key ?? env['POLYPHONY_API_KEY'] ?? instanceKey };
}

function readInstance({ env, directories }: Surroundings): { url: string; adminApiKey: string } | undefined {
  const dataDirs = env['POLYPHONY_DATA_DIR']
    ? [env['POLYPHONY_DATA_DIR']]
    : directories.map((directory) => join(directory, '.polyphony'));
  for (const directory of dataDirs) {
    try {
      const instance: unknown = JSON.parse(readFileSync(join(directory, 'instance.json'), 'utf8'));
      if (isInstance(instance)) return instance;
    } catch {
      // no instance here, or one that is just writing its file
    }
  }
  return undefined;
}

function isInstance(value: unknown): value is { url: string; adminApiKey: string } {
  if (typeof value !== 'object' || value === null) return false;
  return 'url' in value && typeof value.url === 'string' && 'adminApiKey' in value && typeof value.adminApiKey === 'string';
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}
