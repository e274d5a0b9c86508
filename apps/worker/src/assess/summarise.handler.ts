import { Injectable } from '@nestjs/common';
import { StepRecorder } from '@polyphony/comparisons';
import type { AnswerSummary, Failure } from '@polyphony/contracts';
import { extractiveSummary, parseSummary, summaryPrompt } from '@polyphony/judging';
import { assessmentOutputTokens } from '@polyphony/money';
import { Handles, type JobHandler } from '@polyphony/queue';
import { untilStored } from '../process/until-stored.js';
import { ChosenModels } from './chosen-models.js';
import { questionText } from './question-text.js';
import { StepCalls } from './step-calls.js';
import { StepWork } from './step-work.js';

/** Summarises one answer as soon as it is complete; where no model can, from its own sentences. */
@Injectable()
@Handles('summarise')
export class SummariseHandler implements JobHandler<'summarise'> {
  constructor(
    private readonly steps: StepWork,
    private readonly calls: StepCalls,
    private readonly models: ChosenModels,
    private readonly recorder: StepRecorder,
  ) {}

  handle({ stepId }: { stepId: string }): Promise<void> {
    return this.steps.run(stepId, async (claimed, work, modelsAllowed) => {
      const [answer] = claimed.answers;
      if (!answer) return;
      let summary: AnswerSummary = extractiveSummary(answer.text);
      let failure: Failure | null = null;
      const model = modelsAllowed && answer.text.trim() ? await this.models.summarizer(claimed) : null;
      if (model) {
        const { system, user, schema, name } = summaryPrompt({
          question: questionText(claimed),
          answer: { answerId: answer.id, text: answer.text },
          seed: claimed.step.id,
        });
        const call = {
          purpose: 'summary' as const,
          model,
          system,
          user,
          maxOutputTokens: assessmentOutputTokens.answerSummary,
          json: { name, schema },
        };
        const reply = await this.calls.ask(claimed, work, call, parseSummary);
        if (reply.ok) summary = reply.value;
        else failure = reply.failure;
      }
      await untilStored(() => this.recorder.completeAnswerSummary(claimed, summary, failure));
    });
  }
}
