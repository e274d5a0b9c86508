const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const plain = /^[\x20-\x7e]*$/;
const wide =
  /\p{Emoji_Presentation}|\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const invisible = /^[\p{Mark}\p{Format}]+$/u;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** A model's text fit for a terminal: no escape sequences, no other control characters, tabs as spaces. Line ends stay. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(control, (character) => (character === '\t' ? '    ' : ''));
}

/** How many terminal cells one line takes: CJK and emoji take two, combining marks none. */
export function widthOf(line: string): number {
  if (plain.test(line)) return line.length;
  let width = 0;
  for (const { segment } of graphemes.segment(line)) width += cells(segment);
  return width;
}

/** The line cut or padded to exactly `width` cells; a cut is marked. */
export function fit(line: string, width: number): string {
  const actual = widthOf(line);
  if (actual <= width) return line + ' '.repeat(width - actual);
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(line)) {
    if (used + cells(segment) > width - 1) break;
    kept += segment;
    used += cells(segment);
  }
  return `${kept}…${' '.repeat(Math.max(0, width - used - 1))}`;
}

/** Breaks text into lines of at most `width` cells, between words where there are any. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line.trimEnd(), width));
}

function wrapLine(line: string, width: number): string[] {
  if (widthOf(line) <= width) return [line];
  const lines: string[] = [];
  let current = '';
  let used = 0;
  const breakLine = () => {
    lines.push(current.trimEnd());
    current = '';
    used = 0;
  };
  for (const word of line.split(/(?<= )(?=[^ ])/)) {
    const wordWidth = widthOf(word.trimEnd());
    if (used > 0 && used + wordWidth > width) breakLine();
    if (wordWidth <= width) {
      current += word;
      used += widthOf(word);
      continue;
    }
    for (const { segment } of graphemes.segment(word)) {
      if (used + cells(segment) > width) breakLine();
      current += segment;
      used += cells(segment);
    }
  }
  if (current.trimEnd()) breakLine();
  return lines;
}

function cells(grapheme: string): number {
  if (wide.test(grapheme)) return 2;
  return invisible.test(grapheme) ? 0 : 1;
}
