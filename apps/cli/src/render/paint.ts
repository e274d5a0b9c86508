/** How text is set off. Each function returns its text in the same number of cells. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  warn(text: string): string;
  /** The colour of the answer at this index. */
  voice(index: number, text: string): string;
}

export const noPaint: Paint = {
  bold: (text) => text,
  dim: (text) => text,
  warn: (text) => text,
  voice: (_index, text) => text,
};

const sgr = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const voices = [36, 35, 33, 32, 34, 31];

export const ansiPaint: Paint = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  warn: sgr(33, 39),
  voice: (index, text) => sgr(voices[index % voices.length] ?? 39, 39)(text),
};
