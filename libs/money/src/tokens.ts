/**
 * Tokens by character class, with the share of a token one character of the class takes. Set on the high side of what the
 * providers' tokenisers give, so that a hold made from the estimate is not too small. Latin words are counted by length.
 */
const classes: [pattern: RegExp, tokensPerCharacter: number][] = [
  [/\p{Nd}/gu, 0.6],
  [/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu, 1.3],
  [/[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}]/gu, 0.6],
  [
    /[^\p{Script=Latin}\p{Nd}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{P}\p{S}\s]/gu,
    1.2,
  ],
  [/[\p{P}\p{Sm}\p{Sc}\p{Sk}]/gu, 0.9],
  [/\p{So}/gu, 3],
  [/\n/g, 0.7],
  [/[^\S\n]{2}/g, 0.5],
];
const charactersPerLatinToken = 4;
/** Runs without a word in them (keys, hashes, Base64), which tokenisers cut into pieces of one or two characters. */
const longRun = /[A-Za-z0-9+/]{24,}={0,2}/g;
const tokensPerOpaqueCharacter = 0.65;

/** An estimate, on the high side, of how many tokens a text is for a model. Never exact; zero only for an empty text. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  const words = text.replace(longRun, (run) => {
    if (!/\d/.test(run)) return run;
    tokens += run.length * tokensPerOpaqueCharacter;
    return ' ';
  });
  for (const [word] of words.matchAll(/\p{Script=Latin}+/gu)) tokens += Math.ceil(word.length / charactersPerLatinToken);
  for (const [pattern, weight] of classes) tokens += (words.match(pattern)?.length ?? 0) * weight;
  return text === '' ? 0 : Math.max(1, Math.ceil(tokens));
}
