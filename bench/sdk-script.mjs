import { performance } from 'node:perf_hooks';
import { Anthropic } from '@anthropic-ai/sdk';
import { OpenAI } from 'openai';
import { runLanes } from './lanes.mjs';
import { baseUrls, maxOutputTokens } from './panel.mjs';

/**
 * What one would write without Polyphony: the official SDKs, four streams, `Promise.all`. A process of its own, so that its
 * CPU is counted like anybody else's. Its argument is the simulator's address; it runs each load it is sent, says so, and
 * hands over what it received when asked.
 */
const urls = baseUrls(process.argv[2]);
const anthropic = new Anthropic({ apiKey: 'bench', baseURL: urls.anthropic, maxRetries: 0 });
const openai = new OpenAI({ apiKey: 'bench', baseURL: urls.openai, maxRetries: 0 });

const callers = {
  async anthropic(model, prompt, onText) {
    const stream = await anthropic.messages.create({
      model,
      max_tokens: maxOutputTokens,
      messages: [{ role: 'user', content: prompt }],
      stream: true,
    });
    for await (const event of stream)
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') onText(event.delta.text);
  },
  async openai(model, prompt, onText) {
    const stream = await openai.responses.create({
      model,
      max_output_tokens: maxOutputTokens,
      input: [{ role: 'user', content: prompt }],
      store: false,
      stream: true,
    });
    for await (const event of stream) if (event.type === 'response.output_text.delta') onText(event.delta);
  },
  async chat(model, prompt, onText) {
    const stream = await openai.chat.completions.create({
      model,
      max_tokens: maxOutputTokens,
      messages: [{ role: 'user', content: prompt }],
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) onText(text);
    }
  },
};

async function ask(calls, prompt) {
  const texts = calls.map(() => '');
  const firstMs = [];
  const began = performance.now();
  await Promise.all(
    calls.map(({ provider, model }, slot) =>
      callers[provider](model, prompt, (text) => {
        firstMs[slot] ??= performance.now() - began;
        texts[slot] += text;
      }),
    ),
  );
  return { prompt, texts, firstMs };
}

let outcome;
process.on('message', async (message) => {
  if (message.type === 'answers') return process.send({ type: 'answers', answered: outcome.answered });
  try {
    outcome = await runLanes(message.load, (prompt) => ask(message.load.calls, prompt));
    process.send({ type: 'done', perSecond: outcome.perSecond });
  } catch (error) {
    process.send({ type: 'failed', reason: error.message });
  }
});
for (const sign of ['disconnect', 'SIGTERM']) process.on(sign, () => process.exit(0));
process.send({ type: 'ready' });
