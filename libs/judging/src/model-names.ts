import { parseModelId } from '@polyphony/contracts';
import type { ModelId } from '@polyphony/contracts';

const brands = ['ChatGPT', 'GPT', 'OpenAI', 'Claude', 'Anthropic', 'Gemini', 'DeepSeek', 'Llama', 'Mistral', 'Qwen', 'Grok'];

/** What to mask in a judge's copy of the answers: the ids of these models and the brands of the field. */
export function namesToMask(models: readonly ModelId[]): string[] {
  return [...new Set([...models.flatMap((id) => [id, parseModelId(id).model]), ...brands])];
}

/**
 * Replaces model names, with the version that may follow a name, by "[model]". Names the question itself holds are its
 * subject and stay: without them the answers could not be judged.
 */
export function maskModelNames(text: string, names: readonly string[], question: string): string {
  const subject = question.toLowerCase();
  const hidden = names.filter((name) => name.length > 1 && !subject.includes(name.toLowerCase()));
  if (hidden.length === 0) return text;
  const alternatives = hidden
    .toSorted((a, b) => b.length - a.length)
    .map((name) => name.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`));
  return text.replace(
    new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join('|')})(?:-?\\d+(?:\\.\\d+)*)?(?![\\p{L}\\p{N}])`, 'giu'),
    '[model]',
  );
}
