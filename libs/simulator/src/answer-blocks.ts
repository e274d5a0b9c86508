/** One answer as a prompt about answers fences it. */
export interface AnswerBlock {
  readonly id: string;
  readonly text: string;
}

/** A prompt that holds fenced answers, taken apart. */
export interface FencedPrompt {
  readonly nonce: string | null;
  readonly blocks: readonly AnswerBlock[];
  /** The question the answers are about, as far as the prompt shows it. */
  readonly question: string;
}

const opening = /<<<([A-Z_]+)((?:[ \t]+[A-Za-z]+=[^\s>]+)*)[ \t]*>>>/g;

function unescaped(body: string): string {
  const text = body.trim();
  if (!text.startsWith('"')) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : text;
  } catch {
    return text;
  }
}

/**
 * Finds blocks of the form `<<<ANSWER id=xy nonce=N>>>` … `<<<END xy N>>>` whose content is a JSON string or plain text.
 * When the prompt has a line `nonce: N`, only blocks carrying that nonce count, so text inside an answer opens no block.
 */
export function readFencedPrompt(prompt: string): FencedPrompt {
  let nonce = /^[ \t*]*nonce[ \t*]*[:=][ \t*]*["'`]?([\w-]+)/im.exec(prompt)?.[1] ?? null;
  const blocks: AnswerBlock[] = [];
  let fencedQuestion: string | null = null;
  let outside = '';
  let position = 0;
  opening.lastIndex = 0;
  for (let match = opening.exec(prompt); match; match = opening.exec(prompt)) {
    const [whole, tag, attributeText = ''] = match;
    const attributes = Object.fromEntries(
      attributeText
        .trim()
        .split(/\s+/)
        .map((pair) => pair.split('=', 2)),
    );
    if (tag === 'END' || (nonce !== null && attributes['nonce'] !== nonce)) continue;
    const start = match.index + whole.length;
    const end = findEnd(prompt, start, attributes['nonce'], attributes['id']);
    if (!end) continue;
    const text = unescaped(prompt.slice(start, end.from));
    if (tag === 'ANSWER') {
      blocks.push({ id: attributes['id'] ?? String(blocks.length + 1), text });
      nonce ??= attributes['nonce'] ?? null;
    } else if (tag === 'QUESTION' || tag === 'QUERY' || tag === 'PROMPT') fencedQuestion = text;
    outside += prompt.slice(position, match.index);
    position = end.to;
    opening.lastIndex = end.to;
  }
  outside += prompt.slice(position);
  return { nonce, blocks, question: fencedQuestion ?? questionIn(outside) };
}

function findEnd(prompt: string, start: number, nonce?: string, id?: string): { from: number; to: number } | null {
  for (let from = prompt.indexOf('<<<END', start); from >= 0; from = prompt.indexOf('<<<END', from + 1)) {
    const close = prompt.indexOf('>>>', from);
    if (close < 0) return null;
    const words = prompt.slice(from + 6, close).split(/[\s=]+/);
    if ((nonce === undefined || words.includes(nonce)) && (id === undefined || words.length <= 2 || words.includes(id)))
      return { from, to: close + 3 };
  }
  return null;
}

function questionIn(outside: string): string {
  const labelled = /^[ \t#*]*(?:the |user )?(?:question|query)\b[^:\n]{0,60}:[ \t*]*\n?[ \t]*(.+)$/im.exec(outside)?.[1];
  return labelled === undefined ? outside : unescaped(labelled);
}
