import { inspect } from 'node:util';
import { ask, canary, closeReplays, providerFor, question, replay, type Replay, type Reply } from './replay.fixture.js';
import { wires, type Wire } from './wire.fixture.js';
import type { TimeoutsConfig } from '@polyphony/config';
import type { ModelProvider } from './provider.port.js';

const usage = { inputTokens: 100, outputTokens: 42, cachedInputTokens: 70, cacheWriteTokens: 10, reasoningTokens: 12 };
const words = ['The ', 'sky ', 'is ', 'blue.'];

describe.each(wires)('the wire of kind $kind', (wire: Wire) => {
  let server: Replay | undefined;
  const given = async (reply: Reply | (() => Reply), timeouts: Partial<TimeoutsConfig> = {}): Promise<ModelProvider> => {
    server = await replay(reply);
    return providerFor(wire.kind, server.url + wire.base, timeouts);
  };
  afterEach(closeReplays);
  const whole = wire.opening + words.map(wire.delta).join('') + wire.ending;

  it('joins the deltas to the text and ends once, with usage of one meaning', async () => {
    const provider = await given({
      pieces: [whole],
      headers: { 'request-id': 'req_7', 'x-ratelimit-remaining-requests': '9', 'x-other': '1' },
    });
    const { parts, text, end, error } = await ask(provider);
    expect(error).toBeUndefined();
    expect(text).toBe('The sky is blue.');
    expect(parts.filter((part) => part.type === 'text')).toHaveLength(4);
    expect(parts.filter((part) => part.type === 'end')).toHaveLength(1);
    expect(parts.at(-1)).toBe(end);
    expect(end).toMatchObject({ finishReason: 'stop', usage });
    expect(end?.provider).toMatchObject({
      requestId: 'req_7',
      responseId: expect.stringMatching(/01$/),
      conversationId: null,
      model: expect.stringMatching(/^some-model-./),
      rateLimit: { 'x-ratelimit-remaining-requests': '9' },
    });
  });

  it('reads a stream split inside characters, one byte at a time', async () => {
    const bytes = Buffer.from(wire.opening + wire.delta('Grüße, 世界 🌍!') + wire.ending);
    const provider = await given({ pieces: Array.from(bytes, (_, index) => bytes.subarray(index, index + 1)) });
    const { text, end } = await ask(provider);
    expect(text).toBe('Grüße, 世界 🌍!');
    expect(end?.usage).toEqual(usage);
  });

  it('reads CRLF line ends, comments and events it does not know', async () => {
    const unknown = 'event: novelty\ndata: {"type": "novelty", "object": "novelty"}\n\n';
    const stream = `: hello\n\n${wire.opening}${unknown}${wire.keepAlive}${wire.delta('one ')}: still here\n\n${wire.delta('two')}${wire.ending}`;
    const provider = await given({ pieces: [stream.replaceAll('\n', '\r\n')] });
    expect(await ask(provider)).toMatchObject({ text: 'one two', error: undefined });
  });

  it('ends without usage when none was reported', async () => {
    const provider = await given({
      pieces: [wire.opening.replace(/,"usage":\{[^}]*\}/, ''), wire.delta('short'), wire.endingWithoutUsage],
    });
    const { end } = await ask(provider);
    expect(end).toMatchObject({ finishReason: 'stop', usage: null });
  });

  it('does not take the end of the body for the end of the answer', async () => {
    const provider = await given({ pieces: [wire.opening, wire.delta('half an')] });
    const { text, error } = await ask(provider);
    expect(text).toBe('half an');
    expect(error).toMatchObject({ kind: 'connection', retryable: true, billing: 'unknown' });
    expect(error?.message).toMatch('ended the stream before the answer was complete');
  });

  it('reports a socket that breaks in mid-answer as a failed connection', async () => {
    const provider = await given({ pieces: [wire.opening, wire.delta('half')], after: 'cut' });
    const { error } = await ask(provider);
    expect(error).toMatchObject({ kind: 'connection', retryable: true, countsAgainstCircuit: true });
  });

  it('keeps a complete answer whose connection breaks instead of ending', async () => {
    const provider = await given({ pieces: [whole], after: 'cut' });
    expect(await ask(provider)).toMatchObject({
      text: 'The sky is blue.',
      end: { finishReason: 'stop', usage },
      error: undefined,
    });
  });

  it('reports an error event in mid-stream, with what was reported before it', async () => {
    const provider = await given({ pieces: [wire.opening, wire.delta('half'), wire.failure] });
    const { text, end, error } = await ask(provider);
    expect({ text, end }).toEqual({ text: 'half', end: undefined });
    expect(error).toMatchObject({
      retryable: true,
      countsAgainstCircuit: true,
      billing: 'unknown',
      provider: { responseId: expect.any(String) },
    });
    expect(['overloaded', 'server']).toContain(error?.kind);
    expect(error?.usage).toEqual(
      wire.kind === 'anthropic' ? expect.objectContaining({ inputTokens: 100, outputTokens: 1 }) : null,
    );
  });

  it('reports an event that is not JSON as malformed', async () => {
    const provider = await given({ pieces: [wire.opening, wire.delta('half'), wire.garbage, wire.ending] });
    expect((await ask(provider)).error).toMatchObject({ kind: 'malformed', retryable: true });
  });

  it.each([
    ['an error with status 200', 'application/json', wire.error('overloaded_error', 'Busy'), 'overloaded'],
    ['an answer that is not a stream', 'application/json', '{"id": "x", "content": []}', 'malformed'],
    ['a web page', 'text/html', '<html>Welcome</html>', 'malformed'],
  ])('does not take %s for an empty answer', async (_, type, body, kind) => {
    const provider = await given({ headers: { 'content-type': type }, pieces: [body] });
    expect((await ask(provider)).error).toMatchObject({ kind });
  });

  it.each([
    [
      429,
      'rate_limit_exceeded',
      { 'retry-after': '7' },
      { kind: 'rateLimit', retryable: true, retryAfterMs: 7000, billing: 'none' },
    ],
    [429, 'rate_limit_exceeded', { 'retry-after-ms': '250' }, { kind: 'rateLimit', retryAfterMs: 250 }],
    [429, 'insufficient_quota', { 'retry-after': '7' }, { kind: 'budgetExceeded', retryable: false }],
    [529, 'overloaded_error', {}, { kind: 'overloaded', retryable: true, billing: 'none' }],
    [500, 'server_error', {}, { kind: 'server', retryable: true, billing: 'unknown' }],
    [500, 'server_error', { 'x-should-retry': 'false' }, { kind: 'server', retryable: false }],
    [401, 'invalid_api_key', {}, { kind: 'authentication', retryable: false, countsAgainstCircuit: true }],
    [404, 'model_not_found', {}, { kind: 'notFound', retryable: false, countsAgainstCircuit: false }],
    [400, 'invalid_request_error', {}, { kind: 'invalidRequest', retryable: false, billing: 'none' }],
    [400, 'content_policy_violation', {}, { kind: 'contentFilter', retryable: false }],
    [400, 'context_length_exceeded', {}, { kind: 'contextLength', retryable: false }],
  ])('classifies status %d %s', async (status, code, headers, expected) => {
    const provider = await given({
      status,
      headers: { 'content-type': 'application/json', ...headers },
      pieces: [wire.error(code, 'No.')],
    });
    const { error, parts } = await ask(provider);
    expect(parts).toEqual([]);
    expect(error).toMatchObject({ ...expected, message: expect.stringContaining('It said: No.') });
    expect(server!.received).toHaveLength(1);
  });

  it('never repeats the key that a server echoes', async () => {
    const body = wire.error('invalid_api_key', `Incorrect API key provided: ${canary}, sent as Bearer ${canary}`);
    const provider = await given({
      status: 401,
      headers: { 'content-type': 'application/json', 'request-id': canary },
      pieces: [body],
    });
    const { error } = await ask(provider);
    expect(error?.kind).toBe('authentication');
    expect(
      `${JSON.stringify(error)} ${inspect(error, { depth: 10, showHidden: true })} ${JSON.stringify(error?.failure())}`,
    ).not.toContain('canary');
  });

  it('says that no answer came when there is no server', async () => {
    server = await replay({});
    const { url } = server;
    await server.close();
    const { error } = await ask(providerFor(wire.kind, url + wire.base));
    expect(error).toMatchObject({ kind: 'connection', retryable: true, billing: 'none' });
    expect(error?.message).toContain('ECONNREFUSED');
  });

  describe('watchdogs', () => {
    it.each<[string, Reply, Partial<TimeoutsConfig>, string]>([
      ['no response', { mute: true }, { connectMs: 80 }, 'did not respond within 80 ms'],
      [
        'no first token',
        { pieces: [wire.opening], after: 'stall' },
        { firstTokenMs: 80 },
        'did not begin to answer within 80 ms',
      ],
      [
        'silence in mid-answer',
        { pieces: [wire.opening, wire.delta('half')], after: 'stall' },
        { idleMs: 80 },
        'fell silent in mid-answer for 80 ms',
      ],
      [
        'an answer without end',
        { pieces: [wire.opening, wire.delta('half')], after: 'stall' },
        { totalMs: 150 },
        'did not finish within 150 ms',
      ],
    ])('end the call after %s and close the socket', async (_, reply, timeouts, message) => {
      const provider = await given(reply, timeouts);
      const { error, end } = await ask(provider);
      expect(end).toBeUndefined();
      expect(error).toMatchObject({ kind: 'timeout', retryable: true, countsAgainstCircuit: true });
      expect(error?.message).toContain(message);
      await (
        await server!.first
      ).closed;
    });

    const pings = (count: number): string[] => Array.from({ length: count }, () => wire.keepAlive);

    it('count any byte as life', async () => {
      const provider = await given(
        { pieces: [wire.opening, wire.delta('slow '), ...pings(8), wire.delta('and well'), wire.ending], everyMs: 50 },
        { idleMs: 200 },
      );
      expect(await ask(provider)).toMatchObject({ text: 'slow and well', error: undefined });
    });

    it.each<[string, (wire: Wire) => string[], Partial<TimeoutsConfig>, string]>([
      ['before the first text', () => [], { firstTokenMs: 150, idleMs: 100 }, 'did not begin to answer within 150 ms'],
      ['after it', () => [wire.delta('half')], { idleMs: 100 }, 'sent no more text for 300 ms'],
    ])('end a call that shows nothing but signs of life %s', async (_, text, timeouts, message) => {
      const provider = await given(
        { pieces: [wire.opening, ...text(wire), ...pings(100)], everyMs: 25, after: 'stall' },
        timeouts,
      );
      const { error } = await ask(provider);
      expect(error).toMatchObject({ kind: 'timeout', message: expect.stringContaining(message) });
    });

    it('leave a consumer its time', async () => {
      const provider = await given({ pieces: [whole] }, { idleMs: 40 });
      let text = '';
      for await (const part of provider.stream(question(), new AbortController().signal)) {
        if (part.type === 'text') text += part.text;
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      expect(text).toBe('The sky is blue.');
    });
  });

  describe('ending early', () => {
    it('closes the socket within a second of the caller’s abort, in mid-silence', async () => {
      const provider = await given({ pieces: [wire.opening, wire.delta('half')], after: 'stall' });
      const abort = new AbortController();
      const outcome = ask(provider, {}, abort.signal);
      const request = await server!.first;
      const begun = performance.now();
      abort.abort();
      await request.closed;
      expect(performance.now() - begun).toBeLessThan(1000);
      expect((await outcome).error).toMatchObject({ kind: 'cancelled', retryable: false, countsAgainstCircuit: false });
    });

    it('closes the socket when the consumer returns while a part is awaited', async () => {
      const provider = await given({ pieces: [wire.opening, wire.delta('half')], after: 'stall' });
      const parts = provider.stream(question(), new AbortController().signal)[Symbol.asyncIterator]();
      let part = await parts.next();
      while (part.value?.type !== 'text') part = await parts.next();
      const pending = parts.next();
      const begun = performance.now();
      await parts.return!();
      await (
        await server!.first
      ).closed;
      expect(performance.now() - begun).toBeLessThan(1000);
      expect(await pending).toEqual({ value: undefined, done: true });
      expect(await parts.next()).toEqual({ value: undefined, done: true });
    });

    it('closes the socket when the consumer breaks off', async () => {
      const provider = await given({ pieces: [wire.opening, wire.delta('half')], after: 'stall' });
      for await (const part of provider.stream(question(), new AbortController().signal)) if (part.type === 'text') break;
      await (
        await server!.first
      ).closed;
    });

    it('sends nothing when the caller gave up before', async () => {
      const provider = await given({ pieces: [whole] });
      const { error } = await ask(provider, {}, AbortSignal.abort());
      expect(error).toMatchObject({ kind: 'cancelled', billing: 'none' });
      expect(server!.received).toHaveLength(0);
    });
  });

  it('uses the socket again after a whole answer', async () => {
    const provider = await given({ pieces: [whole] });
    const ports = new Set<number>();
    // The end of the body is read after the last part was handed out, so the very next call may still need a socket of its own.
    while (ports.size === server!.received.length && ports.size < 20) {
      await ask(provider);
      ports.add(server!.received.at(-1)!.port);
    }
    expect(ports.size).toBeLessThan(server!.received.length);
  });
});
