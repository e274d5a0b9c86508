import { Estimate } from '@polyphony/contracts';
import { assessmentOutputTokens } from './assessment-estimate.js';
import type { AssessmentPlan } from './assessment-estimate.js';
import { estimate } from './estimate.js';
import type { ComparisonPlan } from './estimate.js';

const cheap = { input: 1, output: 2, cachedInput: null, cacheWrite: null };
const dear = { input: 10, output: 20, cachedInput: 1, cacheWrite: 12 };
const nothing: AssessmentPlan = { summary: false, ranking: 'none', synthesis: false };

function plan(overrides: Partial<ComparisonPlan> = {}): ComparisonPlan {
  return {
    messages: [{ role: 'user', content: 'word '.repeat(92).trim() }],
    panel: [
      { model: 'a/cheap', prices: cheap, maxOutputTokens: 1000 },
      { model: 'b/dear', prices: dear, maxOutputTokens: 500 },
    ],
    assessment: nothing,
    ...overrides,
  };
}

describe('the estimate of a comparison', () => {
  it('counts every slot’s input at the dearest input class and all of its output', () => {
    const { estimate: shown, answersNanos, totalNanos } = estimate(plan());
    expect(shown).toEqual({
      totalUsd: '0.0133',
      perAnswer: [
        { slot: 0, model: 'a/cheap', inputTokens: 100, maxOutputTokens: 1000, costUsd: '0.0021' },
        { slot: 1, model: 'b/dear', inputTokens: 100, maxOutputTokens: 500, costUsd: '0.0112' },
      ],
      assessmentUsd: '0',
    });
    expect(answersNanos).toEqual([2_100_000n, 11_200_000n]);
    expect(totalNanos).toBe(13_300_000n);
    expect(Estimate.safeParse(shown).success).toBe(true);
  });

  it('counts a slot at its dearest fallback and with its own system text', () => {
    const fallback = { model: 'b/dear', prices: dear };
    const { estimate: shown } = estimate(
      plan({
        panel: [{ model: 'a/cheap', prices: cheap, maxOutputTokens: 500, system: 'word '.repeat(92), fallbacks: [fallback] }],
      }),
    );
    expect(shown.perAnswer[0]).toMatchObject({ model: 'a/cheap', inputTokens: 200, costUsd: '0.0124' });
  });

  it('counts two ballots per judge over the question and all answers', () => {
    const assessment: AssessmentPlan = { ...nothing, ranking: 'panel', judges: [{ model: 'j/judge', prices: cheap }] };
    const perCall = 600 + 100 + 1500 + 2 * assessmentOutputTokens.ballot(2);
    expect(estimate(plan({ assessment })).assessmentNanos).toBe(BigInt(2 * perCall * 1000));
  });

  it('counts one summary per answer, one digest and the synthesis', () => {
    const writer = { model: 'j/writer', prices: cheap };
    const summaries = estimate(plan({ assessment: { ...nothing, summary: true, summarizer: writer } })).assessmentNanos;
    const input = 700 + 1000 + (700 + 500) + (700 + 1500);
    expect(summaries).toBe(
      BigInt((input + 2 * (2 * assessmentOutputTokens.answerSummary + assessmentOutputTokens.digest)) * 1000),
    );
    const synthesis = estimate(plan({ assessment: { ...nothing, synthesis: true, synthesizer: writer } })).assessmentNanos;
    expect(synthesis).toBe(BigInt((2200 + 2 * assessmentOutputTokens.synthesis) * 1000));
  });

  it('counts the dearest of the panel where nobody is named', () => {
    const named = estimate(plan({ assessment: { ...nothing, synthesis: true, synthesizer: { model: 'b/dear', prices: dear } } }));
    expect(estimate(plan({ assessment: { ...nothing, synthesis: true } })).assessmentNanos).toBe(named.assessmentNanos);
  });

  it('counts the three dearest models of the panel as unnamed judges, each model once', () => {
    const priced = (model: string, input: number) => ({ model, prices: { ...cheap, input }, maxOutputTokens: 10 });
    const panel = [priced('a/1', 1), priced('a/4', 4), priced('a/4', 4), priced('a/3', 3), priced('a/2', 2)];
    const unnamed = estimate(plan({ panel, assessment: { ...nothing, ranking: 'panel' } })).assessmentNanos;
    const judges = [panel[1]!, panel[3]!, panel[4]!];
    expect(unnamed).toBe(estimate(plan({ panel, assessment: { ...nothing, ranking: 'panel', judges } })).assessmentNanos);
  });

  it('counts the pairwise calls of the thorough mode', () => {
    const judges = [{ model: 'j/judge', prices: cheap }];
    const criterion = 700 + 2 * assessmentOutputTokens.criterion;
    const verdict = 700 + 1500 + 2 * assessmentOutputTokens.verdict;
    expect(estimate(plan({ assessment: { ...nothing, ranking: 'thorough', judges } })).assessmentNanos).toBe(
      BigInt((criterion + 2 * verdict) * 1000),
    );
  });

  it('asks no judge for a single answer', () => {
    const panel = [{ model: 'a/cheap', prices: cheap, maxOutputTokens: 10 }];
    expect(estimate(plan({ panel, assessment: { ...nothing, ranking: 'panel' } })).assessmentNanos).toBe(0n);
  });

  it('is not known, rather than too low, as soon as one price is not known', () => {
    const panel = [...plan().panel, { model: 'x/unknown', prices: null, maxOutputTokens: 10 }];
    const { estimate: shown } = estimate(plan({ panel, assessment: { ...nothing, summary: true } }));
    expect(shown.perAnswer.map((answer) => answer.costUsd)).toEqual(['0.0021', '0.0112', null]);
    expect(shown).toMatchObject({ totalUsd: null, assessmentUsd: null });
  });
});
