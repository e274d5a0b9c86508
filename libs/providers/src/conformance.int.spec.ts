import { inspect } from 'node:util';
import type { TimeoutsConfig } from '@polyphony/config';
import { expectedText, startSimulator, type JournalEntry, type Simulator } from '@polyphony/simulator';
import type { CallRequest, ModelProvider } from './provider.port.js';
import { canary, patient, question, run, type Outcome } from './replay.fixture.js';
import { Providers } from './providers.js';

const connections = [
  { kind: 'anthropic', path: '/anthropic' },
  { kind: 'openai', path: '/openai/v1' },
  { kind: 'openaiCompatible', path: '/openai/v1' },
] as const;

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

describe.each(connections)('every adapter keeps the port’s promises: $kind', ({ kind, path }) => {
  const providers = (timeouts: Partial<TimeoutsConfig> = {}, apiKey = canary): Providers =>
    new Providers({
      connections: [{ id: 'sim', kind, baseUrl: simulator.url + path, apiKey, simulated: true, concurrency: 8 }],
      timeouts: { ...patient, ...timeouts },
      retry: { attempts: 3, baseMs: 500, maxMs: 20_000 },
      circuit: { failures: 5, windowMs: 30_000, openMs: 10_000 },
    });
  const request = (model: string, more: Partial<CallRequest> = {}): CallRequest =>
    question({ model: `sim/${model}`, maxOutputTokens: 4096, ...more });
  const call = (
    model: string,
    { timeouts = {}, signal = new AbortController().signal, ...more }: CallOptions = {},
  ): Promise<Outcome> => run(providers(timeouts).call(request(model, more), signal));
  type CallOptions = { timeouts?: Partial<TimeoutsConfig>; signal?: AbortSignal } & Partial<CallRequest>;
  const lastEntry = (): JournalEntry => simulator.journal.entries(0).at(-1)!;

  it.each([
    'sim-sage+ttft=0+rate=0',
    'sim-bard+ttft=0+tokens=300+rate=0',
    'sim-scout+ttft=0+rate=0+splitUtf8',
    'sim-scout+ttft=0+rate=0+crlf',
    'sim-scout+ttft=0+rate=0+comments',
    'sim-scout+ttft=0+rate=0+hugeLine',
  ])('joins the deltas of %s to the text and reports usage once', async (model) => {
    const { text, parts, end, error } = await call(model);
    expect(error).toBeUndefined();
    expect(text).toBe(expectedText(model, 'Why is the sky blue?'));
    expect(parts.every((part) => part.type !== 'text' || part.text !== '')).toBe(true);
    expect(parts.filter((part) => part.type === 'end')).toEqual([parts.at(-1)]);
    expect(end).toMatchObject({
      finishReason: 'stop',
      provider: { requestId: lastEntry().requestId, responseId: expect.any(String) },
    });
    expect(end?.usage).toMatchObject({ inputTokens: lastEntry().inputTokens, outputTokens: lastEntry().outputTokens });
  });

  it('ends with no usage where none is reported', async () => {
    const { end, error } = await call('sim-sage+ttft=0+rate=0+tokens=20+noUsage');
    expect(error).toBeUndefined();
    // Anthropic's opening event always reports the input side.
    expect(end?.usage?.outputTokens ?? null).not.toBe(20);
  });

  it.each([
    ['length', 'length'],
    ['refusal', 'refusal'],
    ['filter', kind === 'anthropic' ? 'refusal' : 'contentFilter'],
  ])('names the end of a call with %s %s', async (modifier, finishReason) => {
    const { end, error } = await call(`sim-sage+ttft=0+rate=0+tokens=20+${modifier}`);
    expect({ reason: end?.finishReason, error }).toEqual({ reason: finishReason, error: undefined });
  });

  it.each([
    [
      'status=429+retryAfter=2',
      { kind: 'rateLimit', retryable: true, retryAfterMs: 2000, countsAgainstCircuit: false, billing: 'none' },
    ],
    ['status=429', { kind: 'rateLimit', retryable: true, retryAfterMs: null }],
    ['billing429', { kind: 'budgetExceeded', retryable: false }],
    ['status=400', { kind: 'invalidRequest', retryable: false, countsAgainstCircuit: false, billing: 'none' }],
    ['context', { kind: 'contextLength', retryable: false }],
    ['status=401', { kind: 'authentication', retryable: false }],
    ['status=403', { kind: 'permission', retryable: false }],
    ['status=404', { kind: 'notFound', retryable: false }],
    ['status=500', { kind: 'server', retryable: true, countsAgainstCircuit: true, billing: 'unknown' }],
    ['status=503+retryAfter=1', { kind: 'overloaded', retryable: true, retryAfterMs: 1000 }],
    ['status=529', { kind: 'overloaded', retryable: true }],
    ['html', { kind: 'malformed' }],
    ['reset', { kind: 'connection', retryable: true, countsAgainstCircuit: true }],
  ])('classifies %s', async (modifier, expected) => {
    const before = simulator.journal.entries(0).length;
    const { error, end } = await call(`sim-sage+${modifier}`);
    expect(end).toBeUndefined();
    expect(error).toMatchObject(expected);
    expect(error?.failure()).toEqual({ code: error?.kind, message: error?.message, retryable: error?.retryable });
    // One attempt: nothing below the port retries.
    expect(simulator.journal.entries(0).length - before).toBe(1);
  });

  it('reads a Retry-After that is a date', async () => {
    const { error } = await call('sim-sage+status=429+retryAfterDate=5');
    expect(error?.retryAfterMs).toBeGreaterThan(3000);
    expect(error?.retryAfterMs).toBeLessThanOrEqual(7000);
  });

  it('does not take an error with status 200, or a whole answer where a stream was asked for, for a stream', async () => {
    expect((await call('sim-sage+ttft=0+jsonError')).error).toBeDefined();
    expect((await call('sim-sage+ttft=0+rate=0+tokens=20+jsonBody')).error).toMatchObject({ kind: 'malformed' });
  });

  it.each([
    ['eof', 'connection'],
    ['cut', 'connection'],
    ['garbage', 'malformed'],
  ])('does not take a stream with %s for an answer', async (modifier, expected) => {
    const model = `sim-sage+ttft=0+rate=0+tokens=50+at=10+${modifier}`;
    const { error, end, text } = await call(model);
    expect(end).toBeUndefined();
    expect(error).toMatchObject({ kind: expected, retryable: true, billing: 'unknown' });
    expect(expectedText(model, 'Why is the sky blue?').startsWith(text)).toBe(true);
  });

  it.each(kind === 'openai' ? ['midError', 'responsesFailed'] : ['midError'])('reports %s in mid-stream', async (modifier) => {
    const { error, end } = await call(`sim-sage+ttft=0+rate=0+tokens=50+at=10+${modifier}`);
    expect(end).toBeUndefined();
    expect(error).toMatchObject({ retryable: true, countsAgainstCircuit: true });
    expect(['server', 'overloaded']).toContain(error?.kind);
  });

  it.each<[string, Partial<TimeoutsConfig>, string]>([
    ['hang', { connectMs: 150 }, 'did not respond'],
    ['stallFirst', { firstTokenMs: 150 }, 'did not begin to answer'],
    ['pingOnly', { firstTokenMs: 300, idleMs: 200 }, 'did not begin to answer'],
    ['ttft=60000', { firstTokenMs: 150 }, 'did not begin to answer'],
    ['rate=0+tokens=50+at=10+stall', { idleMs: 150 }, 'fell silent'],
    ['rate=50+tokens=5000', { totalMs: 300 }, 'did not finish'],
  ])('ends a call with %s by its own limit and closes the socket', async (modifier, timeouts, message) => {
    const { error, end } = await call(`sim-sage+${modifier}`, { timeouts });
    expect(end).toBeUndefined();
    expect(error).toMatchObject({
      kind: 'timeout',
      retryable: true,
      countsAgainstCircuit: true,
      message: expect.stringContaining(message),
    });
    await until(() => lastEntry().closedByClientAt !== null);
  });

  it('closes the socket within a second of an abort', async () => {
    const abort = new AbortController();
    const outcome = call('sim-sage+ttft=0+rate=50+tokens=5000', { signal: abort.signal });
    await until(
      () =>
        lastEntry().model === 'sim-sage+ttft=0+rate=50+tokens=5000' &&
        lastEntry().deltasSent > 3 &&
        lastEntry().finishedAt === null,
    );
    const abortedAt = Date.now();
    abort.abort();
    expect((await outcome).error).toMatchObject({ kind: 'cancelled', retryable: false, countsAgainstCircuit: false });
    await until(() => lastEntry().closedByClientAt !== null);
    expect(lastEntry().closedByClientAt! - abortedAt).toBeLessThan(1000);
  });

  it('sends what was asked: system text, temperature, effort and a schema', async () => {
    const schema = {
      type: 'object',
      properties: { verdict: { type: 'string' } },
      required: ['verdict'],
      additionalProperties: false,
    };
    const { text, error } = await call('sim-sage+ttft=0+rate=0', {
      system: 'Be brief.',
      temperature: 0.4,
      reasoningEffort: 'low',
      json: { name: 'verdict', schema },
    });
    expect(error).toBeUndefined();
    expect(JSON.parse(text)).toEqual({ verdict: expect.any(String) });
  });

  it('never shows the key', async () => {
    const seen: unknown[] = [];
    for (const model of [
      'sim-sage+status=401',
      'sim-sage+status=400',
      'sim-sage+reset',
      'sim-sage+html',
      'sim-sage+ttft=0+rate=0+midError',
      'sim-sage+nonsense',
    ])
      seen.push((await call(model)).error);
    await providers({}, `invalid-${canary}`)
      .get('sim')!
      .listModels(new AbortController().signal)
      .catch((error: unknown) => seen.push(error));
    expect(seen).toHaveLength(7);
    for (const error of seen) {
      expect(error).toMatchObject({ name: 'ProviderError' });
      expect(`${JSON.stringify(error)} ${inspect(error, { depth: 10, showHidden: true })}`).not.toContain('canary');
    }
  });

  it('lists the models', async () => {
    const provider = providers().get('sim') as ModelProvider;
    expect([provider.id, provider.simulated]).toEqual(['sim', true]);
    const models = await provider.listModels(new AbortController().signal);
    const sage = models.find(({ id }) => id === 'sim/sim-sage');
    expect(models.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['sim/sim-sage', 'sim/sim-bard', 'sim/sim-scout', 'sim/sim-skeptic']),
    );
    expect(sage).toMatchObject({ contextWindow: expect.any(Number), maxOutputTokens: expect.any(Number) });
    if (kind !== 'anthropic') expect(sage?.prices).toMatchObject({ input: expect.any(Number), output: expect.any(Number) });
    await expect(provider.listModels(AbortSignal.abort())).rejects.toMatchObject({ name: 'ProviderError', kind: 'cancelled' });
  });
});

async function until(fact: () => boolean): Promise<void> {
  const patience = performance.now() + 3000;
  while (!fact()) {
    if (performance.now() > patience) throw new Error('What was waited for did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
