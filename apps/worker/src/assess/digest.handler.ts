import { Injectable } from '@nestjs/common';
import { StepRecorder } from '@polyphony/comparisons';
import type { Failure, Summary } from '@polyphony/contracts';
import { digestPrompt, extractiveDigest, parseDigest } from '@polyphony/judging';
import { assessmentOutputTokens } from '@polyphony/money';
import { Handles, type JobHandler } from '@polyphony/queue';
import { untilStored } from '../process/until-stored.js';
import { ChosenModels } from './chosen-models.js';
import { questionText } from './question-text.js';
import { StepCalls } from './step-calls.js';
import { StepWork } from './step-work.js';

/** Makes one digest of all answers: what they agree on, where they differ, what none of them says. */
@Injectable()
@Handles('digest')
export class DigestHandler implements JobHandler<'digest'> {
  constructor(
    private readonly steps: StepWork,
    private readonly calls: StepCalls,
    private readonly models: ChosenModels,
    private readonly recorder: StepRecorder,
  ) {}

  handle({ stepId }: { stepId: string }): Promise<void> {
    return this.steps.run(stepId, async (claimed, work, modelsAllowed) => {
      const answers = claimed.answers.map(({ id, text }) => ({ answerId: id, text }));
      let summary: Summary = extractiveDigest(answers);
      let failure: Failure | null = null;
      const model = modelsAllowed ? await this.models.summarizer(claimed) : null;
      if (model) {
        const { system, user, schema, name, idOf } = digestPrompt({
          question: questionText(claimed),
          answers,
          seed: claimed.step.id,
        });
        const call = {
          purpose: 'digest' as const,
          model,
          system,
          user,
          maxOutputTokens: assessmentOutputTokens.digest,
          json: { name, schema },
        };
        const reply = await this.calls.ask(claimed, work, call, (text) => parseDigest(text, { idOf }));
        if (reply.ok) summary = reply.value;
        else failure = reply.failure;
      }
      await untilStored(() => this.recorder.completeDigest(claimed, summary, failure));
    });
  }
}
