const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
/** No word of any language is longer; what is, is no word and would break a layout. */
const maxCharactersPerWord = 50;

/**
 * The text cut after at most n words, in any script, with "…" where something was left out. A word counts as the reader of
 * a spaced script or the Unicode segmenter would count it, whichever gives more. Whitespace at both ends goes.
 */
export function limitWords(text: string, n: number): string {
  const trimmed = text.trim();
  let segmented = 0;
  let spaced = 0;
  let afterSpace = true;
  let end = 0;
  for (const { segment, isWordLike } of segmenter.segment(trimmed)) {
    const isSpace = /^\s+$/u.test(segment);
    if (isWordLike) segmented++;
    if (!isSpace && afterSpace) spaced++;
    if (segmented > n || spaced > n) return ellipsis(trimmed.slice(0, end), n);
    afterSpace = isSpace;
    end += segment.length;
    if (end > n * maxCharactersPerWord) return ellipsis(wholeCharacters(trimmed, n * maxCharactersPerWord), n);
  }
  return trimmed;
}

/** How many words `limitWords` would count. */
export function countWords(text: string): number {
  let segmented = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) segmented++;
  return Math.max(segmented, text.split(/\s+/u).filter(Boolean).length);
}

function ellipsis(kept: string, n: number): string {
  return n <= 0 ? '' : `${kept.replace(/[\s,;:–—(-]+$/u, '')}…`;
}

function wholeCharacters(text: string, length: number): string {
  const cut = text.slice(0, length);
  return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
