import type { ProviderConnection } from '@polyphony/config';
import { patient, question, run } from './replay.fixture.js';
import { Providers } from './providers.js';

const connection = (more: Partial<ProviderConnection>): ProviderConnection => ({
  id: 'one',
  kind: 'anthropic',
  apiKey: 'k',
  simulated: false,
  concurrency: 4,
  ...more,
});
const of = (...connections: ProviderConnection[]): Providers =>
  new Providers({
    connections,
    timeouts: patient,
    retry: { attempts: 3, baseMs: 500, maxMs: 20_000 },
    circuit: { failures: 5, windowMs: 30_000, openMs: 10_000 },
  });

describe('Providers', () => {
  it('knows its connections by their ids', () => {
    const providers = of(
      connection({}),
      connection({ id: 'two', kind: 'openai' }),
      connection({ id: 'three', kind: 'openaiCompatible', baseUrl: 'http://x/v1' }),
    );
    expect(providers.ids()).toEqual(['one', 'two', 'three']);
    expect(providers.get('two')?.id).toBe('two');
    expect(providers.get('four')).toBeUndefined();
  });

  it('refuses connections that cannot work, by name', () => {
    expect(() => of(connection({ id: 'google', kind: 'gemini' }))).toThrow(
      /"google" is of kind gemini, which is not supported yet/,
    );
    expect(() => of(connection({ id: 'local', kind: 'openaiCompatible' }))).toThrow(/"local" .* needs a baseUrl/);
    expect(() => of(connection({}), connection({}))).toThrow(/two provider connections with the id "one"/);
  });

  it('fails the call to a provider that is not configured', async () => {
    const { error, parts } = await run(
      of(connection({})).call(question({ model: 'nobody/model' }), new AbortController().signal),
    );
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ name: 'ProviderError', kind: 'notFound', retryable: false, billing: 'none' });
  });
});
