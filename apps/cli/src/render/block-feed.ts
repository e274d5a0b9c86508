import type { Comparison } from '@polyphony/contracts';
import type { Paint } from './paint.js';
import { printable } from './text-width.js';
import { answerNames, standing } from './wording.js';

/** For a terminal too narrow for columns: one answer after another, the first unfinished one live. */
export class BlockFeed {
  private index = 0;
  private attempt: number | undefined;
  private printed = 0;

  constructor(private readonly paint: Paint) {}

  /** The text to write now. Stateful: each piece is returned once. */
  next(comparison: Comparison): string {
    const names = answerNames(comparison);
    let output = '';
    for (let answer = comparison.answers[this.index]; answer; answer = comparison.answers[++this.index]) {
      const isOver = answer.status !== 'queued' && answer.status !== 'streaming';
      if (this.attempt === undefined) {
        if (!isOver && !answer.text) return output;
        output += `\n${this.paint.voice(this.index, this.paint.bold(names.get(answer.id) ?? answer.model))}\n`;
        this.attempt = answer.attempt;
      } else if (answer.attempt !== this.attempt || answer.text.length < this.printed) {
        if (this.printed > 0) output += `\n${this.paint.dim('-- starts over --')}\n`;
        this.attempt = answer.attempt;
        this.printed = 0;
      }
      output += printable(answer.text.slice(this.printed));
      this.printed = answer.text.length;
      if (!isOver) return output;
      output += `${answer.text && !answer.text.endsWith('\n') ? '\n' : ''}${this.paint.dim(standing(answer))}\n`;
      this.attempt = undefined;
      this.printed = 0;
    }
    return output;
  }
}
