import type { Turn } from './call.js';
import { parseModelName } from './model-name.js';
import { planReply } from './reply.js';

/**
 * The text this model name answers to this question, byte for byte, when nothing breaks the stream: for tests and
 * benchmarks to compare with. `system` and the `earlier` turns count for plain voices; `maxTokens` cuts as the call would.
 * Throws ModelNameError for an unknown modifier.
 */
export function expectedText(
  modelName: string,
  question: string,
  {
    system = '',
    earlier = [],
    maxTokens = Number.POSITIVE_INFINITY,
  }: { system?: string; earlier?: readonly Turn[]; maxTokens?: number } = {},
): string {
  const reply = planReply({
    format: 'chat',
    model: parseModelName(modelName),
    stream: true,
    includeUsage: true,
    system,
    turns: [...earlier, { role: 'user', text: question }],
    question,
    maxTokens,
    schema: null,
    json: false,
    inputTokens: 0,
    body: {},
  });
  return reply.deltas.join('');
}
