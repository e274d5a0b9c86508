import type { AssessmentRequest, Policy } from '@polyphony/contracts';
import { array, assert, boolean, constantFrom, integer, nat, option, property, record } from 'fast-check';
import { type Move, type Situation, nextMove } from './next-move.js';
import { answerMoves, checkMove, comparisonMoves, isEnded, isOpen } from './states.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const earlier = new Date(now.getTime() - 1000);
const later = new Date(now.getTime() + 1000);
const everything: AssessmentRequest = { summary: true, ranking: 'panel', synthesis: true };
const nothing: AssessmentRequest = { summary: false, ranking: 'none', synthesis: false };
const summaryOnly: AssessmentRequest = { ...nothing, summary: true };
const rankingOnly: AssessmentRequest = { ...nothing, ranking: 'panel' };
const synthesisOnly: AssessmentRequest = { ...nothing, synthesis: true };

type AnswerStatus = Situation['answers'][number]['status'];
type StepStatus = Situation['steps'][number]['status'];

/** Answers `a`, `b`, … at their first attempt. */
function answers(...statuses: AnswerStatus[]): Situation['answers'] {
  return statuses.map((status, place) => ({ id: 'abcdefgh'[place]!, status, attempt: 1 }));
}

function situation(
  change: Partial<Omit<Situation, 'comparison'>> & { comparison?: Partial<Situation['comparison']> },
): Situation {
  return {
    answers: answers('completed', 'completed'),
    steps: [],
    assessment: null,
    now,
    ...change,
    comparison: {
      status: 'answering',
      policy: { deadlineMs: 60_000 },
      graceUntil: null,
      waitForAll: false,
      finishRequested: false,
      assessmentVersion: change.assessment?.version ?? 0,
      assessment: everything,
      ...change.comparison,
    },
  };
}

const first = (...ids: string[]): { id: string; attempt: number }[] => ids.map((id) => ({ id, attempt: 1 }));
const wait: Move = { move: 'wait' };
const assess = (version: number, spec: AssessmentRequest, ...ids: string[]): Move => ({ move: 'assess', version, spec, answers: first(...ids) }); // prettier-ignore

describe('while answers are awaited', () => {
  const enough: Policy = { deadlineMs: 60_000, minAnswers: 2 };
  const graceful: Policy = { ...enough, graceMs: 5_000 };

  it.each<[string, Situation, Move]>([
    ['nothing is due while no answer is complete', situation({ answers: answers('queued', 'streaming') }), wait],
    [
      'nothing is due while one is open and no minimum was given',
      situation({ answers: answers('completed', 'streaming') }),
      wait,
    ],
    ['all complete are assessed', situation({}), assess(1, everything, 'a', 'b')],
    ['a comparison nobody has begun ends the same way', situation({ comparison: { status: 'queued' }, answers: answers('completed') }), assess(1, everything, 'a')], // prettier-ignore
    ['the complete ones are assessed when the others failed', situation({ answers: answers('failed', 'completed', 'expired', 'cancelled') }), assess(1, everything, 'b')], // prettier-ignore
    ['none complete means failed', situation({ answers: answers('failed', 'expired', 'cancelled') }), { move: 'fail' }],
    ['all complete end it when nothing was asked', situation({ comparison: { assessment: nothing } }), { move: 'complete' }],
    ['fewer than the minimum are waited for', situation({ comparison: { policy: enough }, answers: answers('completed', 'streaming', 'queued') }), wait], // prettier-ignore
    ['the minimum without grace is assessed at once', situation({ comparison: { policy: enough }, answers: answers('completed', 'completed', 'queued') }), assess(1, everything, 'a', 'b')], // prettier-ignore
    ['the minimum starts the grace', situation({ comparison: { policy: graceful }, answers: answers('completed', 'completed', 'queued') }), { move: 'setGrace', until: new Date(now.getTime() + 5_000) }], // prettier-ignore
    ['the grace is waited for', situation({ comparison: { policy: graceful, graceUntil: later }, answers: answers('completed', 'completed', 'queued') }), wait], // prettier-ignore
    ['the end of the grace ends the waiting', situation({ comparison: { policy: graceful, graceUntil: earlier }, answers: answers('completed', 'completed', 'queued') }), assess(1, everything, 'a', 'b')], // prettier-ignore
    ['the grace is over at its very moment', situation({ comparison: { policy: graceful, graceUntil: now }, answers: answers('completed', 'completed', 'queued') }), assess(1, everything, 'a', 'b')], // prettier-ignore
    ['the last answer ends a grace early', situation({ comparison: { policy: graceful, graceUntil: later } }), assess(1, everything, 'a', 'b')], // prettier-ignore
    ['a request to finish assesses what is there', situation({ comparison: { finishRequested: true }, answers: answers('completed', 'streaming') }), assess(1, everything, 'a')], // prettier-ignore
    ['a request to finish waits for the first answer', situation({ comparison: { finishRequested: true }, answers: answers('queued', 'streaming') }), wait], // prettier-ignore
    ['a reopened comparison waits for all', situation({ comparison: { waitForAll: true, policy: enough, graceUntil: earlier }, answers: answers('completed', 'completed', 'queued') }), wait], // prettier-ignore
    ['a reopened comparison whose answers have all ended is assessed', situation({ comparison: { waitForAll: true, policy: graceful } }), assess(1, everything, 'a', 'b')], // prettier-ignore
  ])('%s', (_, given, move) => expect(nextMove(given)).toEqual(move));

  const judged = (status: 'completed' | 'cancelled', ...ids: string[]): Situation['assessment'] => ({ version: 3, spec: rankingOnly, answers: first(...ids), status }); // prettier-ignore

  it.each<[string, Situation, Move]>([
    ['answers that were judged already are not judged again', situation({ assessment: judged('completed', 'b', 'a') }), { move: 'complete' }], // prettier-ignore
    ['a changed set is judged as the next version, with the newest specification', situation({ assessment: judged('completed', 'a') }), assess(4, rankingOnly, 'a', 'b')], // prettier-ignore
    ['a judging that was cancelled does not count', situation({ assessment: judged('cancelled', 'a', 'b') }), assess(4, rankingOnly, 'a', 'b')], // prettier-ignore
  ])('after a retry: %s', (_, given, move) => expect(nextMove(given)).toEqual(move));

  it('after a retry: an answer asked for again is another answer', () => {
    const retried = [{ id: 'a', status: 'completed' as const, attempt: 2 }];
    const given = situation({ answers: retried, assessment: judged('completed', 'a') });
    expect(nextMove(given)).toEqual({ move: 'assess', version: 4, spec: rankingOnly, answers: [{ id: 'a', attempt: 2 }] });
  });
});

describe('while an assessment runs', () => {
  function running(
    spec: AssessmentRequest,
    steps: Partial<Record<'summariseA' | 'summariseB' | 'digest' | 'rank' | 'synthesise', StepStatus>>,
  ): Situation {
    // prettier-ignore
    const rows = Object.entries(steps).map(([name, status]) =>
      name.startsWith('summarise')
        ? { kind: 'summarise' as const, version: 1, answerId: name.at(-1)!.toLowerCase(), status }
        : { kind: name as 'digest', version: 2, answerId: null, status },
    );
    return situation({
      comparison: { status: 'assessing', assessment: spec },
      assessment: { version: 2, spec, answers: first('a', 'b'), status: 'running' },
      steps: rows,
    });
  }
  const summarise = (answerId: string): object => ({ kind: 'summarise', version: 1, answerId });
  const step = (kind: string): object => ({ kind, version: 2, answerId: null });
  const complete: Move = { move: 'completeAssessment', version: 2 };
  const done = 'completed';

  it.each<[string, Situation, object]>([
    ['everything but the synthesis is due at first', running(everything, {}), { move: 'addSteps', steps: [summarise('a'), summarise('b'), step('digest'), step('rank')] }], // prettier-ignore
    ['steps that are there are not added again', running(everything, { summariseA: done, rank: 'queued' }), { move: 'addSteps', steps: [summarise('b'), step('digest')] }], // prettier-ignore
    ['only what was asked for is due: a summary', running(summaryOnly, {}), { move: 'addSteps', steps: [summarise('a'), summarise('b'), step('digest')] }], // prettier-ignore
    ['only what was asked for is due: a ranking', running(rankingOnly, {}), { move: 'addSteps', steps: [step('rank')] }],
    [
      'without a ranking the synthesis is due at once',
      running(synthesisOnly, {}),
      { move: 'addSteps', steps: [step('synthesise')] },
    ],
    ['a queued step is waited for', running(rankingOnly, { rank: 'queued' }), wait],
    ['a running step is waited for', running(rankingOnly, { rank: 'running' }), wait],
    ['a completed step ends it', running(rankingOnly, { rank: 'completed' }), complete],
    ['a failed step ends it too', running(rankingOnly, { rank: 'failed' }), complete],
    [
      'a step that was cancelled before is due again',
      running(rankingOnly, { rank: 'cancelled' }),
      { move: 'addSteps', steps: [step('rank')] },
    ],
    ['the synthesis waits for the ranking', running(everything, { summariseA: done, summariseB: done, digest: done, rank: 'running' }), wait], // prettier-ignore
    ['the synthesis follows the ranking, whatever the summaries do', running(everything, { summariseA: 'running', summariseB: done, digest: 'queued', rank: done }), { move: 'addSteps', steps: [step('synthesise')] }], // prettier-ignore
    ['the synthesis follows a ranking that failed', running(everything, { summariseA: done, summariseB: done, digest: done, rank: 'failed' }), { move: 'addSteps', steps: [step('synthesise')] }], // prettier-ignore
    ['the synthesis is waited for', running(everything, { summariseA: done, summariseB: done, digest: done, rank: done, synthesise: 'running' }), wait], // prettier-ignore
    ['a summary is waited for after the synthesis', running(everything, { summariseA: done, summariseB: 'running', digest: done, rank: done, synthesise: done }), wait], // prettier-ignore
    ['when every step is over it is complete', running(everything, { summariseA: done, summariseB: 'failed', digest: done, rank: done, synthesise: 'failed' }), complete], // prettier-ignore
  ])('%s', (_, given, move) => expect(nextMove(given)).toEqual(move));

  it('steps of an earlier version do not count', () => {
    const given = running(rankingOnly, { rank: 'completed' });
    expect(nextMove({ ...given, assessment: { ...given.assessment!, version: 3 } })).toEqual({ move: 'addSteps', steps: [{ kind: 'rank', version: 3, answerId: null }] }); // prettier-ignore
  });

  it('an answer that lands late is left for the next version', () => {
    const given = running(rankingOnly, { rank: 'running' });
    expect(nextMove({ ...given, answers: answers('completed', 'completed', 'completed') })).toEqual(wait);
  });
});

describe('after the end', () => {
  const judged: Situation['assessment'] = { version: 1, spec: rankingOnly, answers: first('a', 'b'), status: 'completed' };

  it.each<[string, Situation, Move]>([
    ['nothing is due', situation({ comparison: { status: 'completed' }, assessment: judged }), wait],
    ['a late answer is judged with the others in a new version', situation({ comparison: { status: 'completed' }, assessment: judged, answers: answers('completed', 'completed', 'completed') }), assess(2, rankingOnly, 'a', 'b', 'c')], // prettier-ignore
    ['an answer still being written is not waited for', situation({ comparison: { status: 'completed' }, assessment: judged, answers: answers('completed', 'completed', 'completed', 'streaming') }), assess(2, rankingOnly, 'a', 'b', 'c')], // prettier-ignore
    ['a late answer changes nothing when nothing was asked', situation({ comparison: { status: 'completed', assessment: nothing } }), wait], // prettier-ignore
    [
      'a failed comparison stays failed',
      situation({ comparison: { status: 'failed' }, answers: answers('failed', 'failed') }),
      wait,
    ],
    ['a cancelled comparison is left alone, its running assessment included', situation({ comparison: { status: 'cancelled' }, assessment: { ...judged, status: 'running' } }), wait], // prettier-ignore
  ])('%s', (_, given, move) => expect(nextMove(given)).toEqual(move));
});

/** One comparison in memory, to which moves are applied as `Progress` applies them, and events as the recorders do. */
class Model {
  status: Situation['comparison']['status'] = 'queued';
  graceUntil: Date | null = null;
  waitForAll = false;
  finishRequested = false;
  clock = now.getTime();
  answers: { id: string; status: AnswerStatus; attempt: number }[];
  steps: {
    kind: 'summarise' | 'digest' | 'rank' | 'synthesise';
    version: number;
    answerId: string | null;
    status: StepStatus;
  }[] = [];
  assessments: { version: number; spec: AssessmentRequest; answers: { id: string; attempt: number }[]; status: 'running' | 'completed' | 'cancelled' }[] = []; // prettier-ignore

  constructor(
    readonly spec: AssessmentRequest,
    readonly policy: Policy,
    slots: number,
  ) {
    this.answers = Array.from({ length: slots }, (_, place) => ({ id: `answer ${place}`, status: 'queued', attempt: 0 }));
  }

  /** Applies moves until it is to wait; throws when that does not come. */
  settle(): void {
    for (let moves = 0; moves < 12; moves++) {
      const move = nextMove({
        comparison: { status: this.status, policy: this.policy, graceUntil: this.graceUntil, waitForAll: this.waitForAll, finishRequested: this.finishRequested, assessmentVersion: this.assessments.length, assessment: this.spec }, // prettier-ignore
        answers: this.answers,
        steps: this.steps,
        assessment: this.assessments.at(-1) ?? null,
        now: new Date(this.clock),
      });
      if (move.move === 'wait') return;
      this.apply(move);
    }
    throw new Error('the moves do not come to an end');
  }

  private apply(move: Exclude<Move, { move: 'wait' }>): void {
    switch (move.move) {
      case 'setGrace':
        expect(this.graceUntil).toBeNull();
        this.graceUntil = move.until;
        return;
      case 'fail':
        expect(this.answers.some((answer) => answer.status === 'completed' || isOpen(answer))).toBe(false);
        return this.become('failed');
      case 'complete':
        if (this.spec.summary || this.spec.ranking !== 'none' || this.spec.synthesis)
          expect(this.judged()).toContain(keyOf(this.answers.filter(({ status }) => status === 'completed')));
        return this.become('completed');
      case 'assess': {
        expect(move.answers).not.toEqual([]);
        expect(this.judged()).not.toContain(keyOf(move.answers));
        expect(move.version).toBe(this.assessments.length + 1);
        expect(move.answers.every(({ id, attempt }) => this.answers.some((answer) => answer.id === id && answer.attempt === attempt && answer.status === 'completed'))).toBe(true); // prettier-ignore
        this.assessments.push({ version: move.version, spec: move.spec, answers: move.answers, status: 'running' });
        return this.become('assessing');
      }
      case 'addSteps':
        expect(move.steps).not.toEqual([]);
        for (const step of move.steps) {
          const cancelled = this.steps.find((one) => one.kind === step.kind && one.version === step.version && one.answerId === step.answerId); // prettier-ignore
          if (cancelled) expect(cancelled.status).toBe('cancelled');
          if (cancelled) cancelled.status = 'queued';
          else this.steps.push({ ...step, status: 'queued' });
        }
        return;
      case 'completeAssessment': {
        const assessment = this.assessments.at(-1)!;
        expect(this.wantedOf(assessment).every((step) => step && step.status !== 'queued' && step.status !== 'running')).toBe(
          true,
        );
        assessment.status = 'completed';
        return this.become('completed');
      }
    }
  }

  private judged(): string[] {
    return this.assessments.filter(({ status }) => status !== 'cancelled').map((one) => keyOf(one.answers));
  }

  /** The steps this assessment asks for, undefined where one was never added. */
  private wantedOf({ version, spec, answers: judged }: Model['assessments'][number]): (Model['steps'][number] | undefined)[] {
    const of = (kind: string): Model['steps'][number] | undefined => this.steps.find((step) => step.kind === kind && step.version === version && !step.answerId); // prettier-ignore
    return [
      ...(spec.summary ? [...judged.map(({ id, attempt }) => this.steps.find((step) => step.answerId === id && step.version === attempt)), of('digest')] : []), // prettier-ignore
      ...(spec.ranking === 'none' ? [] : [of('rank')]),
      ...(spec.synthesis ? [of('synthesise')] : []),
    ];
  }

  become(status: Model['status']): void {
    this.status = this.status === status ? status : checkMove(comparisonMoves, this.status, status);
  }

  start(answer: Model['answers'][number]): void {
    if (answer.status !== 'queued') return;
    answer.status = 'streaming';
    answer.attempt++;
    if (this.status === 'queued') this.become('answering');
  }

  end(answer: Model['answers'][number], status: AnswerStatus): void {
    if (answer.status === 'queued' && status !== 'cancelled' && status !== 'expired') this.start(answer);
    if (isOpen(answer)) answer.status = checkMove(answerMoves, answer.status, status);
  }

  retry(answer: Model['answers'][number]): void {
    if (isOpen(answer)) return;
    answer.status = checkMove(answerMoves, answer.status, 'queued');
    if (!isEnded(this)) return;
    this.become('answering');
    this.waitForAll = true;
    this.finishRequested = false;
  }

  cancel(): void {
    const wasEnded = isEnded(this);
    for (const answer of this.answers) if (isOpen(answer)) answer.status = 'cancelled';
    if (wasEnded) return;
    for (const step of this.steps) if (step.status === 'queued' || step.status === 'running') step.status = 'cancelled';
    const assessment = this.assessments.at(-1);
    if (assessment?.status === 'running') assessment.status = 'cancelled';
    this.become('cancelled');
  }
}

function keyOf(list: readonly { id: string; attempt: number }[]): string {
  return list.map(({ id, attempt }) => `${id}/${attempt}`).sort().join(' '); // prettier-ignore
}

it('moves always come to an end, judge no set of answers twice, and complete nothing while a wanted step is open', () => {
  const spec = record({ summary: boolean(), ranking: constantFrom('panel' as const, 'none' as const), synthesis: boolean() });
  const policy = record({ deadlineMs: integer({ min: 100, max: 5000 }), minAnswers: option(integer({ min: 1, max: 4 }), { nil: undefined }), graceMs: option(integer({ min: 0, max: 500 }), { nil: undefined }) }); // prettier-ignore
  const happening = record({
    what: constantFrom('complete', 'complete', 'fail', 'start', 'step', 'step', 'step', 'stepFails', 'pass', 'deadline', 'finish', 'retry', 'cancelOne', 'cancel'), // prettier-ignore
    which: nat(20),
  });
  assert(
    property(
      spec,
      policy,
      integer({ min: 1, max: 4 }),
      array(happening, { maxLength: 40 }),
      (wanted, waiting, slots, happenings) => {
        const model = new Model(wanted, waiting, slots);
        for (const { what, which } of happenings) {
          const answer = model.answers[which % slots]!;
          const open = model.steps.filter((step) => step.status === 'queued' || step.status === 'running');
          const step = open[which % Math.max(1, open.length)];
          if (what === 'complete') model.end(answer, 'completed');
        else if (what === 'fail') model.end(answer, 'failed');
        else if (what === 'cancelOne') model.end(answer, 'cancelled');
        else if (what === 'start') model.start(answer);
        else if (what === 'step' && step) step.status = 'completed';
        else if (what === 'stepFails' && step) step.status = 'failed';
        else if (what === 'pass') model.clock += which * 50;
        else if (what === 'deadline') for (const one of model.answers) model.end(one, 'expired');
        else if (what === 'retry') model.retry(answer);
        else if (what === 'cancel') model.cancel();
        else if (what === 'finish' && (model.status === 'queued' || model.status === 'answering')) Object.assign(model, { finishRequested: true, waitForAll: false }); // prettier-ignore
          model.settle();
        }
        for (const answer of model.answers) model.end(answer, 'expired');
        for (let rounds = 0; rounds < 10; rounds++) {
          model.settle();
          for (const step of model.steps) if (step.status === 'queued' || step.status === 'running') step.status = 'completed';
        }
        model.settle();
        expect(isEnded(model)).toBe(true);
        expect(model.assessments.some(({ status }) => status === 'running')).toBe(false);
      },
    ),
    { numRuns: 1500 },
  );
});
