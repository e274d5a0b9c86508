import type { ClaimedStep } from '@polyphony/comparisons';

/** The question as judges and summarisers see it: the prompt, or the conversation up to its last message. */
export function questionText({ question }: ClaimedStep): string {
  if (question.prompt !== undefined) return question.prompt;
  const messages = question.messages!;
  return messages.length === 1 ? messages[0]!.content : messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n');
}
