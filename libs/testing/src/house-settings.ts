import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests know of the house's settings: USD per million tokens by provider. */
export const testPrices = {
  anthropic: { input: 3, output: 15 },
  openai: { input: 1, output: 4 },
  chat: { input: 0.5, output: 2 },
};

/** Sections of the YAML file that a spec sets otherwise. */
export type FileSettings = Partial<Record<'timeouts' | 'retry' | 'circuit' | 'limits' | 'assessment' | 'retention', object>>;

/** Impatient enough for tests, patient enough for a busy machine. The circuit stays shut unless a spec wants it. */
const impatience: FileSettings = {
  timeouts: { connectMs: 2_000, firstTokenMs: 4_000, idleMs: 1_500, totalMs: 60_000 },
  retry: { attempts: 3, baseMs: 20, maxMs: 2_500 },
  circuit: { failures: 1_000_000, windowMs: 1_000, openMs: 100 },
};

/** The YAML file with a third wire format beside the two of the environment: the provider `chat`. Returns its path. */
export function writeHouseFile(simulatorUrl: string, settings: FileSettings): string {
  const providers = [{ id: 'chat', kind: 'openaiCompatible', baseUrl: `${simulatorUrl}/openai/v1`, apiKey: '${CHAT_KEY}' }];
  const prices = Object.fromEntries(Object.entries(testPrices).map(([provider, price]) => [`${provider}/*`, price]));
  const path = join(mkdtempSync(join(tmpdir(), 'polyphony-house-')), 'polyphony.yaml');
  writeFileSync(path, JSON.stringify({ providers, prices, ...impatience, ...settings })); // JSON is YAML
  return path;
}
