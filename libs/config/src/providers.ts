import type { ProviderConnection } from './config.js';
import type { ConfigFile } from './schema.js';

const wellKnown = [
  { id: 'anthropic', kind: 'anthropic', prefix: 'ANTHROPIC', baseUrl: undefined },
  { id: 'openai', kind: 'openai', prefix: 'OPENAI', baseUrl: undefined },
  { id: 'deepseek', kind: 'openaiCompatible', prefix: 'DEEPSEEK', baseUrl: 'https://api.deepseek.com' },
  { id: 'openrouter', kind: 'openaiCompatible', prefix: 'OPENROUTER', baseUrl: 'https://openrouter.ai/api/v1' },
] as const;

const defaultConcurrency = 200;

/** The variables that configure well-known providers, for the documentation of settings. */
export const providerVariables = wellKnown.flatMap(({ id, prefix }) => [
  { name: `${prefix}_API_KEY`, description: `key of the provider \`${id}\`; the provider is there once it is set` },
  { name: `${prefix}_BASE_URL`, description: `another address for \`${id}\`, as the vendor’s own SDK expects it` },
]);

/**
 * All connections: the well-known providers whose key is set, then those of the file (which win over a variable of the
 * same id), and the simulator as `simulated` when the supervisor started one.
 */
export function providerConnections(
  env: NodeJS.ProcessEnv,
  file: ConfigFile,
  simulatorUrl: string | undefined,
): ProviderConnection[] {
  const connections = new Map<string, ProviderConnection>();
  for (const { id, kind, prefix, baseUrl } of wellKnown) {
    const apiKey = env[`${prefix}_API_KEY`];
    if (!apiKey) continue;
    const address = env[`${prefix}_BASE_URL`] || baseUrl;
    connections.set(id, {
      id,
      kind,
      ...(address && { baseUrl: address }),
      apiKey,
      simulated: false,
      concurrency: defaultConcurrency,
    });
  }
  for (const entry of file.providers)
    connections.set(entry.id, {
      id: entry.id,
      kind: entry.kind,
      ...(entry.baseUrl && { baseUrl: entry.baseUrl }),
      apiKey: entry.apiKey,
      simulated: false,
      concurrency: entry.concurrency ?? defaultConcurrency,
    });
  if (simulatorUrl)
    connections.set('simulated', {
      id: 'simulated',
      kind: 'openaiCompatible',
      baseUrl: `${simulatorUrl}/openai/v1`,
      apiKey: 'simulated',
      simulated: true,
      concurrency: defaultConcurrency,
    });
  return [...connections.values()];
}
