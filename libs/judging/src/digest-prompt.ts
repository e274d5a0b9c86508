import type { Summary } from '@polyphony/contracts';
import { z } from 'zod';
import { answerBlocks, drawFences, namedBlock } from './fenced-blocks.js';
import type { FencedAnswer } from './fenced-blocks.js';
import { parseJsonReply } from './json-reply.js';
import type { Parsed } from './json-reply.js';
import { SeededGenerator } from './seeded-generator.js';
import { objectSchema } from './structured-prompt.js';
import type { StructuredPrompt } from './structured-prompt.js';
import { fencedTextRule, summaryFields, summaryLimits, withinLimits } from './summary-prompt.js';
import { limitWords } from './word-limits.js';

const limits = { points: 6, pointWords: 25 } as const;

const system = `You compare several answers to one question and write one digest of them, truthfully and without adding anything or taking sides.

${fencedTextRule}

Write in the language of the question:
- "text": what the answers say together, at most ${summaryLimits.textWords} words.
- "reasoning": what the digest rests on, at most ${summaryLimits.reasoningWords} words.
- "keyPoints": at most ${summaryLimits.keyPoints} points of at most ${summaryLimits.keyPointWords} words each.
- "consensus": what at least two answers agree on; "contradictions": where answers exclude each other; "uniqueInsights": what is worth knowing and only one answer says. Each with the ids of the answers concerned; at most ${limits.points} of each, at most ${limits.pointWords} words. Do not write ids into texts.
- "blindSpots": what matters for the question and no answer says; at most ${limits.points}.
Leave a list empty rather than fill it.

Reply with one JSON object and nothing else.`;

/** The call that makes one digest of all answers. */
export function digestPrompt(request: { question: string; answers: FencedAnswer[]; seed: string }): StructuredPrompt {
  const fences = drawFences(new SeededGenerator(`${request.seed}\ndigest`), request.answers, [request.question]);
  const user = [
    `nonce: ${fences.nonce}`,
    'The question:',
    namedBlock('QUESTION', fences.nonce, request.question),
    `The ${request.answers.length} answers:`,
    answerBlocks(fences, request.answers),
    'Write the digest of these answers. Reply with the JSON object only.',
  ].join('\n\n');
  const text = { type: 'string' };
  const ids = { type: 'array', items: { type: 'string', enum: Object.keys(fences.idOf) } };
  const points = { type: 'array', items: objectSchema({ text, answers: ids }) };
  const texts = { type: 'array', items: text };
  const lists = { consensus: points, contradictions: points, uniqueInsights: points, blindSpots: texts };
  const schema = objectSchema({ text, reasoning: text, keyPoints: texts, ...lists });
  return { system, user, schema, name: 'digest', ...fences };
}

const points = z.array(z.object({ text: z.string(), answers: z.array(z.string()) }));
const reply = z.object({
  ...summaryFields,
  consensus: points,
  contradictions: points,
  uniqueInsights: points,
  blindSpots: z.array(z.string()),
});

/** Reads the reply to `digestPrompt` with that call's `idOf`. Ids that are none are dropped, and so are points left without an answer. */
export function parseDigest(text: string, { idOf }: { idOf: Record<string, string> }): Parsed<Summary> {
  const parsed = parseJsonReply(text, reply);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  const mapped = (list: z.infer<typeof points>) =>
    list
      .map((point) => ({
        text: limitWords(point.text, limits.pointWords),
        answerIds: [...new Set(point.answers.flatMap((id) => (Object.hasOwn(idOf, id) ? [idOf[id]!] : [])))],
      }))
      .filter((point) => point.text !== '' && point.answerIds.length > 0)
      .slice(0, limits.points);
  return {
    ok: true,
    value: {
      ...withinLimits(value),
      consensus: mapped(value.consensus),
      contradictions: mapped(value.contradictions),
      uniqueInsights: mapped(value.uniqueInsights),
      blindSpots: value.blindSpots.map((spot) => limitWords(spot, limits.pointWords)).filter(Boolean).slice(0, limits.points), // prettier-ignore
      basis: 'model',
      answerIds: Object.values(idOf),
    },
  };
}
