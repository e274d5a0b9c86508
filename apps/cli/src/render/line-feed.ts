import type { Answer, Comparison } from '@polyphony/contracts';
import { printable } from './text-width.js';
import { answerNames, standing } from './wording.js';

interface Progress {
  attempt: number;
  printed: number;
  told: boolean;
}

/** For pipes and logs: every complete line of every answer as it comes, after the answer's name. */
export class LineFeed {
  private readonly progress = new Map<string, Progress>();

  /** The lines that are new in this state. Stateful: each is returned once. */
  next(comparison: Comparison): string[] {
    const names = answerNames(comparison);
    return comparison.answers.flatMap((answer) => {
      const prefix = `[${names.get(answer.id) ?? answer.model}]`;
      return this.nextOf(answer).map((line) => `${prefix} ${line}`.trimEnd());
    });
  }

  private nextOf(answer: Answer): string[] {
    const lines: string[] = [];
    let progress = this.progress.get(answer.id);
    if (!progress || progress.attempt !== answer.attempt || answer.text.length < progress.printed) {
      if (progress && (progress.printed > 0 || progress.told)) lines.push('-- starts over --');
      progress = { attempt: answer.attempt, printed: 0, told: false };
      this.progress.set(answer.id, progress);
    }
    const isOver = answer.status !== 'queued' && answer.status !== 'streaming';
    const end = isOver ? answer.text.length : answer.text.lastIndexOf('\n') + 1;
    if (end > progress.printed) {
      lines.push(...printable(answer.text.slice(progress.printed, end)).replace(/\n$/, '').split('\n'));
      progress.printed = end;
    }
    if (isOver && !progress.told) {
      lines.push(`-- ${standing(answer)} --`);
      progress.told = true;
    }
    return lines;
  }
}
