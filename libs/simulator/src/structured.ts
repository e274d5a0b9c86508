import type { Call, JsonSchema } from './call.js';
import { readFencedPrompt } from './answer-blocks.js';
import type { Purpose } from './journal.js';
import { judge, withWrongIds } from './judge-reply.js';
import type { JudgeReply } from './judge-reply.js';
import { conform } from './schema-instance.js';
import { digest, summarise, synthesise } from './summary-reply.js';
import { topicOf } from './topic.js';

const wholePrompt = (call: Call): string =>
  [call.system, ...call.turns.filter((turn) => turn.role === 'user').map((turn) => turn.text)].join('\n\n');

/** What a call is for, told by its schema's members or by the answers fenced in its prompt. */
export function purposeOf(call: Call): Purpose {
  const members = (call.schema?.['properties'] ?? {}) as JsonSchema;
  if ('candidates' in members) return 'judge';
  if ('consensus' in members) return 'digest';
  if ('keyPoints' in members) return 'summary';
  if (call.json) return 'json';
  return call.question.includes('<<<ANSWER ') && readFencedPrompt(wholePrompt(call)).blocks.length > 0 ? 'synthesis' : 'answer';
}

/** The text answering a call that is not a plain question: JSON matching its schema, or a synthesis in prose. */
export function composeStructured(call: Call, purpose: Purpose): string {
  const prompt = readFencedPrompt(wholePrompt(call));
  if (purpose === 'synthesis') return synthesise(prompt);
  const about = topicOf(prompt.blocks.length > 0 ? prompt.question : call.question).quote;
  if (!call.schema) return JSON.stringify({ simulated: true, answer: `A simulated answer to “${about}”` });
  const made = conform(call.schema, prepared(), { about, root: call.schema });
  // The schema may list the ids, so wrong ones go in only after the reply was made to match it.
  return JSON.stringify(
    purpose === 'judge' && call.model.modifiers.wrongIds ? withWrongIds(made as unknown as JudgeReply) : made,
  );

  function prepared(): unknown {
    if (purpose === 'judge') return judge(prompt, call.model.full);
    if (purpose === 'digest') return digest(prompt);
    if (purpose === 'summary') return summarise(prompt.blocks[0]?.text ?? call.question);
    return undefined;
  }
}
