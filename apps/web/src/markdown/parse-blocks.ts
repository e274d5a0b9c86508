/** One block of an answer. `source` is what it was parsed from: a block whose source is the same looks the same. */
export type Block =
  | { kind: 'heading'; source: string; level: 1 | 2 | 3; text: string }
  | { kind: 'paragraph'; source: string; text: string }
  | { kind: 'code'; source: string; language: string; text: string }
  | { kind: 'list'; source: string; list: List };

export interface List {
  ordered: boolean;
  start: number;
  items: { text: string; children: List[] }[];
}

const fence = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const bullet = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;

/**
 * Splits a model's text into headings, paragraphs, lists and code. Everything else stays text, with its line breaks.
 * Fit for text that is still growing: an unclosed fence is code up to the end.
 */
export function parseBlocks(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? '';
    if (line.trim() === '') {
      at++;
      continue;
    }
    const from = at;
    at = endOfBlock(lines, from);
    blocks.push(blockOf(lines.slice(from, at)));
  }
  return blocks;
}

function endOfBlock(lines: string[], from: number): number {
  const first = lines[from] ?? '';
  const opening = fence.exec(first)?.[1];
  if (opening) {
    const close = lines.findIndex((line, index) => index > from && isClosing(line, opening));
    return close < 0 ? lines.length : close + 1;
  }
  if (heading.test(first)) return from + 1;
  let at = from + 1;
  if (bullet.test(first)) while (at < lines.length && continuesList(lines, at)) at++;
  else while (at < lines.length && continuesParagraph(lines[at] ?? '')) at++;
  return at;
}

function isClosing(line: string, opening: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= opening.length && trimmed === (opening[0] ?? '`').repeat(trimmed.length);
}

function continuesParagraph(line: string): boolean {
  return line.trim() !== '' && !fence.test(line) && !heading.test(line) && !bullet.test(line);
}

/** An item, an indented continuation of one, or a blank line between two items. */
function continuesList(lines: string[], at: number): boolean {
  const line = lines[at] ?? '';
  if (line.trim() === '') return bullet.test(lines[at + 1] ?? '');
  return bullet.test(line) || (/^\s{2,}/.test(line) && !fence.test(line));
}

function blockOf(lines: string[]): Block {
  const source = lines.join('\n');
  const first = lines[0] ?? '';
  const opening = fence.exec(first);
  if (opening?.[1]) {
    const closed = lines.length > 1 && isClosing(lines.at(-1) ?? '', opening[1]);
    return { kind: 'code', source, language: opening[2] ?? '', text: lines.slice(1, closed ? -1 : undefined).join('\n') };
  }
  const title = heading.exec(first);
  if (title) return { kind: 'heading', source, level: Math.min(3, title[1]?.length ?? 1) as 1 | 2 | 3, text: title[2] ?? '' };
  if (bullet.test(first)) return { kind: 'list', source, list: parseList(lines) };
  return { kind: 'paragraph', source, text: source };
}

function parseList(lines: string[]): List {
  const root: List = { ordered: false, start: 1, items: [] };
  const open: { indent: number; list: List }[] = [
    { indent: -1, list: { ordered: false, start: 1, items: [{ text: '', children: [root] }] } },
  ];
  for (const line of lines) {
    const match = bullet.exec(line);
    const last = open.at(-1)?.list.items.at(-1);
    if (!match) {
      if (last && line.trim()) last.text += `\n${line.trim()}`;
      continue;
    }
    const indent = (match[1] ?? '').length;
    while (open.length > 2 && indent < (open.at(-1)?.indent ?? 0)) open.pop();
    const innermost = open.at(-1);
    if (innermost && (open.length === 1 || indent > innermost.indent + 1)) {
      const list = open.length === 1 ? root : { ordered: false, start: 1, items: [] };
      list.ordered = /\d/.test(match[2] ?? '');
      list.start = list.ordered ? Number.parseInt(match[2] ?? '1', 10) : 1;
      if (list !== root) innermost.list.items.at(-1)?.children.push(list);
      open.push({ indent, list });
    }
    open.at(-1)?.list.items.push({ text: match[3] ?? '', children: [] });
  }
  return root;
}
