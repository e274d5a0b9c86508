import { Injectable } from '@nestjs/common';
import { type ClaimedStep, StepRecorder } from '@polyphony/comparisons';
import type { Failure, ModelId } from '@polyphony/contracts';
import {
  type BallotOrder,
  type BallotReceived,
  detectFlags,
  judgePrompt,
  namesToMask,
  parseBallot,
  rank,
} from '@polyphony/judging';
import { assessmentOutputTokens } from '@polyphony/money';
import { Handles, type JobHandler } from '@polyphony/queue';
import { untilStored } from '../process/until-stored.js';
import type { Work } from '../process/work-registry.js';
import { ChosenModels } from './chosen-models.js';
import { questionText } from './question-text.js';
import { StepCalls, WorkStopped } from './step-calls.js';
import { StepWork } from './step-work.js';

const orders: readonly BallotOrder[] = ['forward', 'reverse'];

/** Has the answers judged: every judge scores all of them twice, in one order and in its reverse, all ballots at the same time. */
@Injectable()
@Handles('rank')
export class RankHandler implements JobHandler<'rank'> {
  constructor(
    private readonly steps: StepWork,
    private readonly calls: StepCalls,
    private readonly models: ChosenModels,
    private readonly recorder: StepRecorder,
  ) {}

  handle({ stepId }: { stepId: string }): Promise<void> {
    return this.steps.run(stepId, async (claimed, work, modelsAllowed) => {
      const answers = claimed.answers.map((answer) => ({
        answerId: answer.id,
        model: answer.servedBy ?? answer.model,
        text: answer.text,
        flags: [...detectFlags(answer.text), ...flagsOfEnd(answer.finishReason)],
      }));
      const judged = answers.filter((answer) => answer.text.trim() !== '');
      const judges = modelsAllowed && judged.length > 1 ? await this.models.judges(claimed) : [];
      const ballots = (
        await Promise.all(judges.flatMap((judge) => orders.map((order) => this.ballot(claimed, work, judge, order, judged))))
      ).flat();
      if (work.reason()) throw new WorkStopped();
      const history = await untilStored(() => this.recorder.judgeHistory(claimed.workspaceId, judges));
      const { ranking, consistency } = rank({ answers, ballots, history, excluded: claimed.excluded, mode: 'panel' });
      const failure = ranking.mode === 'unranked' && judged.length > 1 ? noBallot(ballots) : null;
      await untilStored(() => this.recorder.completeRanking(claimed, ranking, consistency, failure));
    });
  }

  /** One judge's ballot in one order. A judge that cannot be reached or read gives an invalid one, with the reason. */
  private async ballot(
    claimed: ClaimedStep,
    work: Work,
    judge: ModelId,
    order: BallotOrder,
    answers: { answerId: string; model: string; text: string; flags: string[] }[],
  ): Promise<BallotReceived> {
    const { system, user, schema, name, nonce, idOf } = judgePrompt({
      question: questionText(claimed),
      answers,
      order,
      seed: `${claimed.step.id}/${judge}`,
      criteria: claimed.spec.criteria,
      maskNames: namesToMask(answers.map((answer) => answer.model)),
      flagged: answers.some((answer) => answer.flags.includes('judge_directed_text')),
    });
    const maxOutputTokens = assessmentOutputTokens.ballot(answers.length);
    const call = { purpose: 'ballot' as const, model: judge, system, user, maxOutputTokens, json: { name, schema } };
    const reply = await this.calls.ask(claimed, work, call, (text) => {
      const parsed = parseBallot(text, { nonce, ids: idOf });
      return parsed.ok ? { ok: true, value: parsed.ballot } : parsed;
    });
    return reply.ok ? { judge, order, ballot: reply.value } : { judge, order, ballot: null, reason: reply.failure.message };
  }
}

function flagsOfEnd(finishReason: string | null): string[] {
  if (finishReason === 'length') return ['truncated'];
  return finishReason === 'refusal' || finishReason === 'contentFilter' ? ['refusal'] : [];
}

function noBallot(ballots: BallotReceived[]): Failure {
  const reasons = [...new Set(ballots.map((ballot) => ballot.reason).filter(Boolean))].slice(0, 3);
  return {
    code: 'noValidBallot',
    message: reasons.length ? `No judge gave a valid ballot: ${reasons.join(' ')}` : 'No judge could be asked.',
    retryable: true,
  };
}
