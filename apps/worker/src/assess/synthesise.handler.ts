import { Injectable } from '@nestjs/common';
import { type ClaimedStep, StepRecorder } from '@polyphony/comparisons';
import { type DeltaSink, EventLog } from '@polyphony/events';
import { synthesisPrompt } from '@polyphony/judging';
import { assessmentOutputTokens } from '@polyphony/money';
import { Handles, type JobHandler } from '@polyphony/queue';
import { AnswerText } from '../answer/answer-text.js';
import { untilStored } from '../process/until-stored.js';
import { ChosenModels } from './chosen-models.js';
import { questionText } from './question-text.js';
import { StepCalls } from './step-calls.js';
import { StepWork } from './step-work.js';

/** Writes one answer from the ranked ones, live. */
@Injectable()
@Handles('synthesise')
export class SynthesiseHandler implements JobHandler<'synthesise'> {
  constructor(
    private readonly steps: StepWork,
    private readonly calls: StepCalls,
    private readonly models: ChosenModels,
    private readonly recorder: StepRecorder,
    private readonly log: EventLog,
  ) {}

  handle({ stepId }: { stepId: string }): Promise<void> {
    return this.steps.run(stepId, async (claimed, work, modelsAllowed) => {
      const model = modelsAllowed ? await this.models.synthesizer(claimed) : null;
      if (!model) {
        const failure = { code: 'noModel', message: 'No model could be asked to write it.', retryable: true };
        await untilStored(() => this.recorder.failSynthesis(claimed, failure));
        return;
      }
      const { comparisonId, step } = claimed;
      const answers = inRankedOrder(claimed);
      const { system, user } = synthesisPrompt({
        question: questionText(claimed),
        answers: answers.map(({ id, text }) => ({ answerId: id, text })),
        seed: step.id,
        ranked: (claimed.ranking?.places.length ?? 0) > 0,
        criteria: claimed.spec.criteria,
      });
      let restarts = 0;
      // A stream of its own for each start: what is still to be written of a failed one keeps that one's attempt.
      const open = (): DeltaSink => {
        const attempt = step.attempt * 100 + restarts++;
        const fence = { id: step.id, attempt: step.attempt };
        const event = (text: string) => ({ type: 'synthesis.delta' as const, version: step.version, attempt, text });
        return this.log.flusher.open({ comparisonId, fence, event }, () => work.stop('stopped'));
      };
      let sink = open();
      try {
        let text = new AnswerText(sink);
        const reply = await this.calls.stream(
          claimed,
          work,
          {
            purpose: 'synthesis',
            model,
            system,
            user,
            messages: [{ role: 'user', content: user }],
            maxOutputTokens: assessmentOutputTokens.synthesis,
          },
          { count: 0 },
          (piece) => text.add(piece),
          () => {
            sink.close();
            sink = open();
            text = new AnswerText(sink);
          },
        );
        text.finish();
        await sink.drain();
        if (!reply.ok) {
          await untilStored(() => this.recorder.failSynthesis(claimed, reply.failure));
          return;
        }
        const cost = await untilStored(() => this.recorder.costOf(claimed));
        const synthesis = { text: text.whole, model, answerIds: answers.map(({ id }) => id), usage: reply.usage, cost };
        await untilStored(() => this.recorder.completeSynthesis(claimed, synthesis));
      } finally {
        sink.close();
      }
    });
  }
}

/** Best first, those without a place last. */
function inRankedOrder({ answers, ranking }: ClaimedStep): ClaimedStep['answers'] {
  const place = new Map(ranking?.places.map(({ answerId }, index) => [answerId, index]));
  return answers.toSorted((a, b) => (place.get(a.id) ?? Infinity) - (place.get(b.id) ?? Infinity) || a.slot - b.slot);
}
