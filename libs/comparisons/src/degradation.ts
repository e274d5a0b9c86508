import type { AnswerStatus, AnswerSummary, AssessmentRequest, Ranking, Step, Summary } from '@polyphony/contracts';
import { isOpen } from './states.js';

interface Result {
  answers: readonly { status: AnswerStatus; summary: AnswerSummary | null }[];
  assessment: AssessmentRequest;
  summary: Summary | null;
  ranking: Ranking | null;
  failures: readonly { step: Step; message: string }[];
}

/** What the result lacks of what was asked for, in sentences for people; empty when nothing. */
export function degradedReasons({ answers, assessment, summary, ranking, failures }: Result): string[] {
  const reasons: string[] = [];
  const total = answers.length;
  const count = (matches: (answer: Result['answers'][number]) => boolean) => answers.filter(matches).length;
  const say = (many: number, what: string) => {
    if (many > 0) reasons.push(`${many} of ${total} ${total === 1 ? 'answer' : 'answers'} ${what}`);
  };
  say(
    count((answer) => answer.status === 'failed'),
    'failed',
  );
  say(
    count((answer) => answer.status === 'expired'),
    'missed the deadline',
  );
  const cancelled = count((answer) => answer.status === 'cancelled');
  say(cancelled, cancelled === 1 ? 'was cancelled' : 'were cancelled');
  const open = count(isOpen);
  say(open, open === 1 ? 'is still being written' : 'are still being written');
  const extracts = count((answer) => answer.status === 'completed' && answer.summary?.basis === 'extractive');
  if (assessment.summary && (extracts > 0 || summary?.basis === 'extractive'))
    reasons.push('summaries are extracts: no model could write them');
  if (ranking?.mode === 'unranked' && count((answer) => answer.status === 'completed') > 1)
    reasons.push('the answers are not ranked: no judge gave a valid ballot');
  for (const failure of failures) if (failure.step === 'synthesis') reasons.push(`there is no synthesis: ${failure.message}`);
  return reasons;
}
