import { Injectable } from '@nestjs/common';
import type { ClaimedStep } from '@polyphony/comparisons';
import type { ModelId } from '@polyphony/contracts';
import { type CandidateModel, chooseCheapest, chooseJudges } from '@polyphony/judging';
import { Billing } from '../process/billing.js';
import { WorkerSettings } from '../worker-settings.js';

/** Who judges, summarises and synthesises: as the request says, else the operator, else models of the panel that answered. */
@Injectable()
export class ChosenModels {
  constructor(
    private readonly billing: Billing,
    private readonly settings: WorkerSettings,
  ) {}

  async judges({ spec, answers }: ClaimedStep): Promise<ModelId[]> {
    const { judges } = this.settings.assessment;
    return chooseJudges({
      ...(spec.judges && { named: spec.judges }),
      ...(judges && { operator: [...judges] }),
      completed: await this.candidates(answers),
    });
  }

  async summarizer({ spec, answers }: ClaimedStep): Promise<ModelId | null> {
    return spec.summarizer ?? this.settings.assessment.summarizer ?? chooseCheapest(await this.candidates(answers));
  }

  async synthesizer({ spec, answers }: ClaimedStep): Promise<ModelId | null> {
    return spec.synthesizer ?? this.settings.assessment.synthesizer ?? chooseCheapest(await this.candidates(answers));
  }

  private candidates(answers: ClaimedStep['answers']): Promise<CandidateModel[]> {
    return Promise.all(
      answers.map(async ({ servedBy, model }) => {
        const { price } = await this.billing.facts(servedBy ?? model);
        return { model: servedBy ?? model, prices: price?.prices ?? null };
      }),
    );
  }
}
