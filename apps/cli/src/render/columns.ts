import type { Answer, Comparison } from '@polyphony/contracts';
import type { Paint } from './paint.js';
import { fit, printable, wrap } from './text-width.js';
import { answerNames, standing } from './wording.js';

const gap = ' │ ';

/** Whether the answers fit side by side. */
export function fitsColumns(answers: number, width: number): boolean {
  return width >= 100 && answers <= 4;
}

/**
 * The answers side by side, one row per line of the terminal, none wider than `width` cells.
 * With `height`, at most so many rows: of each answer then its end, where it is being written.
 */
export function renderColumns(comparison: Comparison, size: { width: number; height?: number }, paint: Paint): string[] {
  const count = comparison.answers.length;
  const columnWidth = Math.floor((size.width - gap.length * (count - 1)) / count);
  const names = answerNames(comparison);
  const bodyHeight = size.height === undefined ? Infinity : Math.max(1, size.height - 3);
  const bodies = comparison.answers.map((answer) => bodyOf(answer, columnWidth, bodyHeight));
  const rows = Math.max(1, ...bodies.map((body) => body.length));
  const line = (cell: (answer: Answer, index: number) => string) => comparison.answers.map(cell).join(paint.dim(gap));
  return [
    line((answer, index) => paint.voice(index, paint.bold(fit(names.get(answer.id) ?? '', columnWidth)))),
    line((answer) => paint.dim(fit(standing(answer), columnWidth))),
    paint.dim(comparison.answers.map(() => '─'.repeat(columnWidth)).join('─┼─')),
    ...Array.from({ length: rows }, (_, row) => line((_answer, index) => fit(bodies[index]?.[row] ?? '', columnWidth))),
  ];
}

function bodyOf(answer: Answer, width: number, height: number): string[] {
  // Wrapping all of a long text on every redraw would be slow; its last rows cannot come from further back than this.
  const visible = Number.isFinite(height) ? answer.text.slice(-width * (height + 2)) : answer.text;
  const lines = wrap(printable(visible).trimEnd(), width);
  return Number.isFinite(height) ? lines.slice(-height) : lines;
}
