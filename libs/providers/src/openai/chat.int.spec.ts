import { ask, closeReplays, providerFor, replay, type Received, type Reply } from '../replay.fixture.js';
import { chat } from '../wire.fixture.js';

const answer: Reply = { pieces: [chat.opening, chat.delta('Well.'), chat.ending] };
const json = { 'content-type': 'application/json' };

afterEach(closeReplays);

describe('an OpenAI-compatible server that refuses what OpenAI accepts', () => {
  const refusing = (member: string, body: string) => (request: Received) =>
    member in request.body ? { status: 400, headers: json, pieces: [body] } : answer;

  it.each([
    ['names the member', JSON.stringify({ error: { message: 'Unrecognized request argument supplied: stream_options' } })],
    [
      'answers in FastAPI’s way',
      JSON.stringify({ detail: [{ loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }] }),
    ],
    ['answers in a shape of its own', JSON.stringify({ oops: true })],
  ])('is asked once more without stream_options when it %s, and never again with it', async (_, body) => {
    const server = await replay(refusing('stream_options', body));
    const provider = providerFor(chat.kind, `${server.url}/v1`);
    expect(await ask(provider)).toMatchObject({ text: 'Well.', error: undefined });
    expect(await ask(provider, { model: 'acme/another' })).toMatchObject({ text: 'Well.' });
    expect(server.received.map((request) => 'stream_options' in request.body)).toEqual([true, false, false]);
  });

  it('is given the limit under its new name', async () => {
    const server = await replay(
      refusing('max_tokens', chat.error('unsupported_parameter', "Use 'max_completion_tokens' instead of 'max_tokens'.")),
    );
    expect(await ask(providerFor(chat.kind, `${server.url}/v1`))).toMatchObject({ text: 'Well.' });
    expect(server.received.at(-1)?.body).toMatchObject({ max_completion_tokens: 256, stream_options: { include_usage: true } });
  });

  it('is not asked again when the refusal is about something else', async () => {
    const server = await replay({
      status: 400,
      headers: json,
      pieces: [chat.error('invalid_request_error', 'temperature is too high')],
    });
    expect((await ask(providerFor(chat.kind, `${server.url}/v1`))).error).toMatchObject({
      kind: 'invalidRequest',
      retryable: false,
    });
    expect(server.received).toHaveLength(1);
  });

  it('forgets a concession that did not help', async () => {
    const server = await replay({ status: 400, headers: json, pieces: ['{}'] });
    const provider = providerFor(chat.kind, `${server.url}/v1`);
    await ask(provider);
    await ask(provider);
    expect(server.received.map((request) => 'stream_options' in request.body)).toEqual([true, false, true, false]);
  });
});

describe('peculiar chat streams', () => {
  const of = async (pieces: string[], after: Reply['after'] = 'end') => {
    const server = await replay({ pieces, after });
    const outcome = await ask(providerFor(chat.kind, `${server.url}/v1`, { idleMs: 150 }));
    return outcome;
  };

  it('end well without [DONE]', async () => {
    expect(await of([chat.opening, chat.delta('Well.'), chat.ending.replace('data: [DONE]\n\n', '')])).toMatchObject({
      text: 'Well.',
      end: { finishReason: 'stop', usage: { outputTokens: 42 } },
    });
  });

  it('end well when the server never ends them', async () => {
    expect(await of([chat.opening, chat.delta('Well.'), chat.ending.replace('data: [DONE]\n\n', '')], 'stall')).toMatchObject({
      text: 'Well.',
      end: { finishReason: 'stop', usage: { outputTokens: 42 } },
      error: undefined,
    });
  });

  it('do not end well with an error after the finish reason', async () => {
    const { error } = await of([
      chat.opening,
      chat.delta('Well.'),
      chat.endingWithoutUsage.replace('data: [DONE]\n\n', ''),
      chat.failure,
    ]);
    expect(error).toMatchObject({ kind: 'server' });
  });

  it('do not end well with [DONE] alone', async () => {
    expect((await of([chat.opening, chat.delta('Well.'), 'data: [DONE]\n\n'])).error).toMatchObject({ kind: 'connection' });
  });
});

describe('model lists of compatible servers', () => {
  const list = async (reply: Reply) => {
    const server = await replay(reply);
    return providerFor(chat.kind, `${server.url}/v1`, { firstTokenMs: 200 }).listModels(new AbortController().signal);
  };

  it('leave out what cannot be a ModelId', async () => {
    const models = await list({
      headers: json,
      pieces: [JSON.stringify({ data: [{ id: 'good/one' }, { id: 'with space' }, { id: 7 }, null] })],
    });
    expect(models.map(({ id }) => id)).toEqual(['acme/good/one']);
  });

  it.each<[string, Reply, string]>([
    ['a web page', { headers: { 'content-type': 'text/html' }, pieces: ['<html></html>'] }, 'malformed'],
    ['another body', { headers: json, pieces: ['{"models": []}'] }, 'malformed'],
    ['a refusal', { status: 401, headers: json, pieces: [chat.error('invalid_api_key', 'No.')] }, 'authentication'],
    ['silence', { mute: true }, 'timeout'],
  ])('fail with %s', async (_, reply, kind) => {
    await expect(list(reply)).rejects.toMatchObject({ name: 'ProviderError', kind, billing: 'none' });
  });
});
