import type { Comparison } from '@polyphony/contracts';
import { type Asked, onPostgres, useHouse } from '@polyphony/testing';

const pace = '+tokens=20+rate=0+ttft=0';
const panel = [`anthropic/sim-sage${pace}`, `openai/sim-bard${pace}`, `chat/sim-scout${pace}`];
const haste = '+rate=0+ttft=0';
const good = [`anthropic/sim-sage${haste}`, `openai/sim-bard${haste}`];

onPostgres('judges and summarisers that misbehave', (backend) => {
  const house = useHouse(backend, {
    settings: {
      timeouts: { connectMs: 2_000, firstTokenMs: 2_000, idleMs: 1_000, totalMs: 20_000 },
      retry: { attempts: 2, baseMs: 20, maxMs: 500 },
    },
  });

  async function judgedBy(
    judges: string[],
    summarizer = `openai/sim-bard${haste}`,
  ): Promise<{ asked: Asked; comparison: Comparison; failures: unknown[] }> {
    const asked = await house.comparison({ panel, assessment: { judges, summarizer } });
    const comparison = await asked.ends();
    expect(comparison.answers.map(({ status, text }) => ({ status, text }))).toEqual(
      panel.map((model) => ({ status: 'completed', text: asked.expectedText(model) })),
    );
    expect(await asked.violations()).toEqual([]);
    return { asked, comparison, failures: (await asked.log()).filter(({ type }) => type === 'step.failed') };
  }

  it.each(['badJudge', 'refuseJudge', 'failJudge', 'wrongIds', 'stallFirst', 'slowJudge=30000'])(
    'only judges with %s: the answers are there, and unranked is called unranked',
    async (fault) => {
      const { comparison, failures } = await judgedBy([`chat/sim-scout${haste}+${fault}`, `openai/sim-sage${haste}+${fault}`]);
      expect(comparison).toMatchObject({
        status: 'completed',
        degraded: true,
        degradedReasons: ['the answers are not ranked: no judge gave a valid ballot'],
      });
      expect(comparison.ranking).toMatchObject({ version: 1, mode: 'unranked', outcome: 'unranked', places: [], confidence: 0 });
      expect(comparison.ranking!.unranked.map(({ answerId }) => answerId).toSorted()).toEqual(
        comparison.answers.map(({ id }) => id).toSorted(),
      );
      expect(comparison.ranking!.explanation.length).toBeGreaterThan(0);
      expect(failures).toMatchObject([{ step: 'ranking', error: { code: 'noValidBallot' } }]);
    },
  );

  it('one bad judge among good ones: the good ones decide, and the bad one’s ballots are counted as invalid', async () => {
    const { comparison, failures } = await judgedBy([...good, `chat/sim-scout${haste}+badJudge`]);
    expect(comparison).toMatchObject({ status: 'completed', ranking: { mode: 'panel', unranked: [] } });
    expect(comparison.ranking!.places).toHaveLength(3);
    expect(comparison.ranking!.judges.find(({ model }) => model.endsWith('badJudge'))).toMatchObject({
      invalidBallots: 2,
      weight: 0,
    });
    expect(failures).toEqual([]);
  });

  it('a judge that fails once is asked again', async () => {
    const { comparison } = await judgedBy([`chat/sim-scout${haste}+status=500+times=1`, good[0]!]);
    for (const judge of comparison.ranking!.judges) expect(judge).toMatchObject({ ballots: 2, invalidBallots: 0 });
  });

  it.each(['badJudge', 'failJudge', 'refuseJudge'])('a summariser with %s: summaries are extracts, and say so', async (fault) => {
    const { comparison, failures } = await judgedBy(good, `chat/sim-skeptic${haste}+${fault}`);
    for (const { summary } of comparison.answers)
      expect(summary).toMatchObject({ basis: 'extractive', text: expect.any(String) });
    expect(comparison.summary).toMatchObject({ basis: 'extractive' });
    expect(comparison).toMatchObject({
      status: 'completed',
      degraded: true,
      degradedReasons: ['summaries are extracts: no model could write them'],
    });
    expect(failures).toHaveLength(4);
  });

  it('a synthesiser that fails: everything else is there, and the log says what is not', async () => {
    const asked = await house.comparison({
      panel,
      assessment: { judges: good, synthesis: true, synthesizer: 'chat/sim-skeptic+status=500' },
    });
    const comparison = await asked.ends();
    expect(comparison).toMatchObject({ status: 'completed', synthesis: null, degraded: true });
    expect(comparison.ranking!.places).toHaveLength(3);
    expect(comparison.degradedReasons).toEqual([expect.stringMatching(/^there is no synthesis: /)]);
    expect((await asked.log()).filter(({ type }) => type === 'step.failed')).toMatchObject([{ step: 'synthesis' }]);
    expect(await asked.violations()).toEqual([]);
  });

  it('bills judges, summaries and retries of both under the assessment', async () => {
    const asked = await house.comparison({
      panel,
      assessment: { judges: [`chat/sim-scout${haste}+status=500+times=1`], summarizer: `openai/sim-bard${haste}` },
    });
    const { cost } = await asked.ends();
    expect(Number(cost.assessmentUsd)).toBeGreaterThan(0);
    expect(Number(cost.totalUsd)).toBeCloseTo(Number(cost.answersUsd) + Number(cost.assessmentUsd), 9);
  });
});
