import { ask, closeReplays, canary, providerFor, replay } from '../replay.fixture.js';
import { anthropic } from '../wire.fixture.js';

const page = (ids: string[], more: boolean): string =>
  JSON.stringify({
    data: ids.map((id) => ({
      id,
      type: 'model',
      display_name: id.toUpperCase(),
      max_input_tokens: 200_000,
      max_tokens: 64_000,
      lifecycle: id === 'old' ? 'retired' : 'active',
      capabilities: { effort: { supported: true }, structured_outputs: { supported: true }, image_input: { supported: false } },
    })),
    has_more: more,
    first_id: ids[0],
    last_id: ids.at(-1),
  });

afterEach(closeReplays);

describe('the Anthropic adapter', () => {
  it('lists all pages, without retired models', async () => {
    const server = await replay(({ path }) => ({
      headers: { 'content-type': 'application/json' },
      pieces: [path.includes('after_id') ? page(['c'], false) : page(['a', 'old', 'b'], true)],
    }));
    const models = await providerFor('anthropic', server.url).listModels(new AbortController().signal);
    expect(models.map(({ id }) => id)).toEqual(['acme/a', 'acme/b', 'acme/c']);
    expect(models[0]).toEqual({
      id: 'acme/a',
      name: 'A',
      contextWindow: 200_000,
      maxOutputTokens: 64_000,
      capabilities: { temperature: false, reasoningEffort: true, structuredOutput: true, images: false },
      prices: null,
    });
  });

  it('sends the key and the API version, and no trace headers', async () => {
    const server = await replay({ pieces: [anthropic.opening, anthropic.delta('Hi'), anthropic.ending] });
    await ask(providerFor('anthropic', server.url));
    const { headers, path } = await server.first;
    expect(path).toBe('/v1/messages');
    expect(headers).toMatchObject({ authorization: `Bearer ${canary}`, 'anthropic-version': '2026-10-21' });
    expect(headers).not.toHaveProperty('traceparent');
  });
});
