export type Inline = { kind: 'text' | 'strong' | 'emphasis' | 'code'; text: string };

const marks =
  /(`+)([^`](?:.*?[^`])?)\1(?!`)|\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=\S)\*(?![\w*])|!?\[([^\]\n]*)\]\(([^()\s]+)\)/gs;

/** Bold, emphasis and inline code of one line or paragraph. Links and images become text that names their address. */
export function parseInline(text: string): Inline[] {
  const parts: Inline[] = [];
  const say = (kind: Inline['kind'], said: string) => {
    const last = parts.at(-1);
    if (kind === 'text' && last?.kind === 'text') last.text += said;
    else if (said) parts.push({ kind, text: said });
  };
  let from = 0;
  for (const match of text.matchAll(marks)) {
    say('text', text.slice(from, match.index));
    const [whole, , code, strong, emphasis, label, address] = match;
    if (code !== undefined) say('code', code);
    else if (strong !== undefined) say('strong', strong);
    else if (emphasis !== undefined) say('emphasis', emphasis);
    else say('text', label && label !== address ? `${label} (${address})` : (address ?? ''));
    from = match.index + whole.length;
  }
  say('text', text.slice(from));
  return parts;
}
