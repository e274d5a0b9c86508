import { answerBlocks, drawFences, namedBlock } from './fenced-blocks.js';
import type { FencedAnswer } from './fenced-blocks.js';
import { SeededGenerator } from './seeded-generator.js';
import type { FencedPrompt } from './structured-prompt.js';
import { fencedTextRule } from './summary-prompt.js';

const system = `You write one answer to a question from several answers to it, which may be wrong in parts.

${fencedTextRule}

- Answer the question itself, in its language and in the form it asks for, as if you were the only one asked.
- Keep what is right and well supported, leave out what is wrong, and do not average: where answers contradict each other, decide, or say what the decision depends on.
- Add nothing that neither the answers nor sure knowledge supports.
- Do not mention answers, ids, rankings or this procedure.

Reply with the answer alone, as plain text or Markdown.`;

/** The call that writes one answer from the others. `answers` in ranked order, best first; `ranked` says whether that order means anything. */
export function synthesisPrompt(request: {
  question: string;
  answers: FencedAnswer[];
  seed: string;
  ranked: boolean;
  criteria?: string | undefined;
}): FencedPrompt {
  const criteria = request.criteria ?? '';
  const fences = drawFences(new SeededGenerator(`${request.seed}\nsynthesis`), request.answers, [request.question, criteria]);
  const user = [
    `nonce: ${fences.nonce}`,
    'The question:',
    namedBlock('QUESTION', fences.nonce, request.question),
    ...(criteria ? ['What the person who asked cares about:', namedBlock('CRITERIA', fences.nonce, criteria)] : []),
    request.ranked
      ? `The ${request.answers.length} answers, judged best first:`
      : `The ${request.answers.length} answers, in no meaningful order:`,
    answerBlocks(fences, request.answers),
    'Write the one answer.',
  ].join('\n\n');
  return { system, user, ...fences };
}
