import type { AssessmentRequest } from '@polyphony/contracts';
import type { AnswerState, AssessmentEntity, ComparisonEntity, StepEntity, StepKind } from '@polyphony/storage';
import { isOpen } from './states.js';

type Waiting = Pick<
  ComparisonEntity,
  'status' | 'policy' | 'graceUntil' | 'waitForAll' | 'finishRequested' | 'assessmentVersion' | 'assessment'
>;

/** Everything the decision rests on, read under the comparison's lock. */
export interface Situation {
  comparison: Waiting;
  answers: readonly Pick<AnswerState, 'id' | 'status' | 'attempt'>[];
  steps: readonly Pick<StepEntity, 'kind' | 'version' | 'answerId' | 'status'>[];
  /** The newest assessment, if there is one. */
  assessment: Pick<AssessmentEntity, 'version' | 'spec' | 'answers' | 'status'> | null;
  now: Date;
}

export interface DueStep {
  kind: StepKind;
  version: number;
  answerId: string | null;
}

/** What is to be done now. `wait` means that something else will bring us back here. */
export type Move =
  | { move: 'wait' }
  | { move: 'setGrace'; until: Date }
  | { move: 'fail' }
  | { move: 'assess'; version: number; spec: AssessmentRequest; answers: { id: string; attempt: number }[] }
  | { move: 'addSteps'; steps: DueStep[] }
  | { move: 'completeAssessment'; version: number }
  | { move: 'complete' };

/**
 * Decides by the comparison's policy what is due: fan-in as a fact, not as a queue that waits. Pure, and called again
 * after each move until it says `wait`.
 */
export function nextMove(situation: Situation): Move {
  const { comparison } = situation;
  if (comparison.status === 'cancelled') return { move: 'wait' };
  if (situation.assessment?.status === 'running') return duringAssessment(situation, situation.assessment);
  if (comparison.status === 'queued' || comparison.status === 'answering') return whileAnswering(situation);
  return afterwards(situation);
}

function whileAnswering(situation: Situation): Move {
  const { comparison, answers, now } = situation;
  const completed = answers.filter((answer) => answer.status === 'completed');
  if (!answers.some(isOpen)) return completed.length ? assessOrComplete(situation) : { move: 'fail' };
  if (completed.length === 0 || comparison.waitForAll) return { move: 'wait' };
  if (comparison.finishRequested) return assessOrComplete(situation);
  const { minAnswers, graceMs = 0 } = comparison.policy;
  if (minAnswers === undefined || completed.length < minAnswers) return { move: 'wait' };
  if (!comparison.graceUntil && graceMs > 0) return { move: 'setGrace', until: new Date(now.getTime() + graceMs) };
  return !comparison.graceUntil || comparison.graceUntil <= now ? assessOrComplete(situation) : { move: 'wait' };
}

/** Judges what is complete, unless nothing was asked for or these very answers have been judged already. */
function assessOrComplete({ comparison, answers, assessment }: Situation): Move {
  const spec = assessment?.spec ?? comparison.assessment;
  const completed = completedOf(answers);
  const nothingAsked = !spec.summary && spec.ranking === 'none' && !spec.synthesis;
  if (nothingAsked || haveBeenJudged(completed, assessment)) return { move: 'complete' };
  return { move: 'assess', version: comparison.assessmentVersion + 1, spec, answers: completed };
}

function duringAssessment({ steps }: Situation, assessment: NonNullable<Situation['assessment']>): Move {
  const { version, spec } = assessment;
  const wanted: DueStep[] = [];
  if (spec.summary) {
    for (const { id, attempt } of assessment.answers) wanted.push({ kind: 'summarise', version: attempt, answerId: id });
    wanted.push({ kind: 'digest', version, answerId: null });
  }
  if (spec.ranking !== 'none') wanted.push({ kind: 'rank', version, answerId: null });
  const found = wanted.map((step) =>
    steps.find((row) => row.kind === step.kind && row.version === step.version && row.answerId === step.answerId),
  );
  const ranked = spec.ranking === 'none' || isOver(found.at(-1));
  if (spec.synthesis && ranked) {
    wanted.push({ kind: 'synthesise', version, answerId: null });
    found.push(steps.find((row) => row.kind === 'synthesise' && row.version === version));
  }
  const missing = wanted.filter((_, place) => !found[place] || found[place].status === 'cancelled');
  if (missing.length) return { move: 'addSteps', steps: missing };
  return ranked && found.every(isOver) ? { move: 'completeAssessment', version } : { move: 'wait' };
}

/** After an end: an answer that landed late or was retried is judged in a new version. */
function afterwards(situation: Situation): Move {
  const { assessment, answers } = situation;
  const completed = completedOf(answers);
  if (completed.length === 0 || haveBeenJudged(completed, assessment)) return { move: 'wait' };
  const next = assessOrComplete(situation);
  return next.move === 'complete' ? { move: 'wait' } : next;
}

function completedOf(answers: Situation['answers']): { id: string; attempt: number }[] {
  return answers.filter((answer) => answer.status === 'completed').map(({ id, attempt }) => ({ id, attempt }));
}

/** Whether the newest assessment is of these very answers. One that was cancelled has judged nothing. */
function haveBeenJudged(answers: readonly { id: string; attempt: number }[], assessment: Situation['assessment']): boolean {
  if (!assessment || assessment.status === 'cancelled' || assessment.answers.length !== answers.length) return false;
  return answers.every((one) => assessment.answers.some((other) => other.id === one.id && other.attempt === one.attempt));
}

function isOver(step: { status: StepEntity['status'] } | undefined): boolean {
  return step !== undefined && step.status !== 'queued' && step.status !== 'running';
}
