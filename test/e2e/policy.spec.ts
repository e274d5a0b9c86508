import type { Comparison, ComparisonEvent } from '@polyphony/contracts';
import { type Asked, onBothBackends, until, useHouse } from '@polyphony/testing';

const bare = { summary: false, ranking: 'none' } as const;
const quick = 'openai/sim-sage+tokens=10+rate=0+ttft=0';
const quick2 = 'anthropic/sim-bard+tokens=10+rate=0+ttft=0';
const endless = 'chat/sim-scout+tokens=5000+rate=25+ttft=0';
/** Done after about 1.2 seconds. */
const tardy = 'anthropic/sim-sage+tokens=60+rate=50+ttft=0';

onBothBackends('what becomes of a comparison', (backend) => {
  const house = useHouse(backend, { workers: 2 });
  const statuses = ({ answers }: Comparison) => answers.map(({ status }) => status);
  const types = (log: ComparisonEvent[], type: string) => log.filter((event) => event.type === type);

  /** The upstream call of a slot's model has been closed by us within a second of this moment. */
  async function upstreamIsClosed(asked: Asked, since: number): Promise<void> {
    const call = await until(
      () => asked.calls().find(({ closedByClientAt }) => closedByClientAt !== null),
      'the upstream call is closed',
      3_000,
    );
    expect(call.closedByClientAt! - since).toBeLessThan(1_000);
    expect(asked.calls().filter(({ finishedAt }) => finishedAt === null)).toEqual([]);
  }

  describe('when the deadline passes', () => {
    it('expires what is unfinished, closes its call and assesses the rest', async () => {
      const asked = await house.comparison({ panel: [quick, endless], policy: { deadlineMs: 1_000 } });
      const comparison = await asked.ends();
      expect(statuses(comparison)).toEqual(['completed', 'expired']);
      expect(comparison).toMatchObject({
        status: 'completed',
        degraded: true,
        degradedReasons: expect.arrayContaining(['1 of 2 answers missed the deadline']),
      });
      expect(comparison.answers[1]!.error).toMatchObject({ code: 'deadline' });
      expect(comparison.answers[1]!.text.length).toBeGreaterThan(0);
      await upstreamIsClosed(asked, new Date(asked.accepted.createdAt).getTime() + 1_000);
      expect(await asked.violations()).toEqual([]);
    });

    it('fails when no answer was complete by then', async () => {
      const asked = await house.comparison({ panel: [endless], policy: { deadlineMs: 500 } });
      expect(await asked.ends()).toMatchObject({ status: 'failed', ranking: null });
      expect(await asked.violations()).toEqual([]);
    });

    it('counts what the broken-off call has cost', async () => {
      const asked = await house.comparison({ panel: [endless], assessment: bare, policy: { deadlineMs: 700 } });
      await asked.ends();
      const settled = await asked.shows(({ answers }) => answers[0]!.attempts[0]!.cost.usd !== null, 'the cost of the attempt');
      expect(settled.answers[0]!.attempts[0]).toMatchObject({ status: 'expired', cost: { basis: 'estimated' } });
      expect(Number(settled.answers[0]!.attempts[0]!.cost.usd)).toBeGreaterThan(0);
    });
  });

  describe('with minAnswers and graceMs', () => {
    it('assesses once enough answers are there and the grace is over; the late one lands and is judged anew', async () => {
      const asked = await house.comparison({ panel: [quick, quick2, tardy], policy: { minAnswers: 2, graceMs: 200 } });
      const first = await asked.shows(({ ranking }) => ranking !== null, 'a first ranking');
      expect(first.ranking).toMatchObject({ version: 1 });
      expect(first.ranking!.answerIds).toHaveLength(2);
      expect(first.ranking!.unranked).toMatchObject([{ answerId: first.answers[2]!.id }]);
      const last = await asked.shows(
        ({ ranking, status }) => ranking?.version === 2 && status === 'completed',
        'a second ranking',
      );
      expect(last.answers.map(({ late }) => late)).toEqual([false, false, true]);
      expect(last.ranking!.answerIds).toHaveLength(3);
      expect(last).toMatchObject({ degraded: false });
      const log = await asked.log();
      expect(types(log, 'ranking.completed')).toHaveLength(2);
      expect(types(log, 'comparison.completed')).toHaveLength(2);
      expect(types(log, 'comparison.completed')[0]).toMatchObject({
        degraded: true,
        degradedReasons: ['1 of 3 answers is still being written'],
      });
      expect(await asked.violations()).toEqual([]);
    });

    it('waits for the grace even when enough answers are there', async () => {
      const asked = await house.comparison({ panel: [quick, quick2, tardy], policy: { minAnswers: 2, graceMs: 10_000 } });
      const comparison = await asked.ends();
      expect(comparison.answers.map(({ late }) => late)).toEqual([false, false, false]);
      expect(comparison.ranking).toMatchObject({ version: 1, answerIds: { length: 3 } });
    });
  });

  describe('when asked to finish now', () => {
    it('assesses what is there and lets the rest land late', async () => {
      const asked = await house.comparison({ panel: [quick, quick2, tardy] });
      await asked.shows(({ answers }) => answers.filter(({ status }) => status === 'completed').length === 2, 'two answers');
      expect((await asked.post('finish')).status).toBe(202);
      const comparison = await asked.shows(
        ({ ranking, status }) => ranking?.version === 2 && status === 'completed',
        'the late answer ranked',
      );
      expect(comparison.answers[2]).toMatchObject({ status: 'completed', late: true, text: asked.expectedText(tardy) });
      expect(await asked.violations()).toEqual([]);
    });

    it('cancels the rest when told to, and closes its calls', async () => {
      const asked = await house.comparison({ panel: [quick, quick2, endless] });
      await asked.shows(({ answers }) => answers.filter(({ status }) => status === 'completed').length === 2, 'two answers');
      await asked.hasWritten(2);
      const at = Date.now();
      await asked.post('finish', { cancelRest: true });
      const comparison = await asked.ends();
      expect(statuses(comparison)).toEqual(['completed', 'completed', 'cancelled']);
      expect(comparison.ranking).toMatchObject({ version: 1, answerIds: { length: 2 } });
      await upstreamIsClosed(asked, at);
      expect(await asked.violations()).toEqual([]);
    });

    it('takes the first answer when none is there yet', async () => {
      const asked = await house.comparison({ panel: [tardy, endless], assessment: bare });
      await asked.post('finish');
      const comparison = await asked.shows(({ status }) => status === 'completed', 'its end');
      expect(statuses(comparison)).toEqual(['completed', 'streaming']);
      await asked.post('cancel');
      await asked.ends();
      expect(await asked.violations()).toEqual([]);
    });
  });

  describe('when an answer is retried', () => {
    it('makes a new version of a failed one, and judges anew', async () => {
      const flaky = 'chat/sim-skeptic+tokens=10+rate=0+ttft=0+status=401+times=1';
      const asked = await house.comparison({
        panel: [quick, quick2, flaky],
        assessment: { summarizer: quick, judges: [quick2] },
      });
      const first = await asked.ends();
      expect(first.answers[2]).toMatchObject({ status: 'failed', error: { code: 'authentication', retryable: false } });
      expect(first).toMatchObject({ status: 'completed', degradedReasons: expect.arrayContaining(['1 of 3 answers failed']) });
      expect((await asked.post(`answers/${first.answers[2]!.id}/retry`)).status).toBe(202);
      const second = await asked.shows(
        ({ ranking, status }) => ranking?.version === 2 && status === 'completed',
        'a second ranking',
      );
      expect(second.answers[2]).toMatchObject({ status: 'completed', attempt: 2, text: asked.expectedText(flaky), error: null });
      expect(second.answers[2]!.attempts.map(({ status }) => status)).toEqual(['failed', 'completed']);
      expect(second).toMatchObject({ degraded: false, ranking: { answerIds: { length: 3 } } });
      expect(await asked.violations()).toEqual([]);
    });

    it('replaces a completed one, its summary and the ranking', async () => {
      const asked = await house.comparison({ panel: [quick, quick2] });
      const first = await asked.ends();
      await asked.post(`answers/${first.answers[0]!.id}/retry`);
      const second = await asked.shows(
        ({ ranking, status }) => ranking?.version === 2 && status === 'completed',
        'a second ranking',
      );
      expect(second.answers.map(({ attempt }) => attempt)).toEqual([2, 1]);
      expect(second.answers[0]!.summary).not.toBeNull();
      expect(Number(second.cost.totalUsd)).toBeGreaterThan(Number(first.cost.totalUsd));
      const log = await asked.log();
      expect(types(log, 'comparison.completed')).toHaveLength(2);
      expect(types(log, 'answer.retrying')).toMatchObject([{ attempt: 1, error: { code: 'retryRequested' } }]);
      expect(await asked.violations()).toEqual([]);
    });

    it('brings back a cancelled comparison', async () => {
      const asked = await house.comparison({ panel: [tardy], assessment: bare });
      await asked.hasWritten(0);
      await asked.post('cancel');
      await asked.ends();
      await asked.post(`answers/${asked.accepted.answers[0]!.id}/retry`);
      const comparison = await asked.shows(({ status }) => status === 'completed', 'its completion');
      expect(comparison.answers[0]!.text).toBe(asked.expectedText(tardy));
      expect(await asked.violations()).toEqual([]);
    });
  });

  it('keeps older versions when it is assessed again by other judges', async () => {
    const asked = await house.comparison({ panel: [quick, quick2] });
    await asked.ends();
    expect((await asked.post('assessments', { judges: ['chat/sim-skeptic'], summary: false })).status).toBe(202);
    const comparison = await asked.shows(
      ({ ranking, status }) => ranking?.version === 2 && status === 'completed',
      'a second ranking',
    );
    expect(comparison.ranking!.judges.map(({ model }) => model)).toEqual(['chat/sim-skeptic']);
    expect(types(await asked.log(), 'ranking.completed')).toHaveLength(2);
    expect(await asked.violations()).toEqual([]);
  });

  describe('when it is cancelled', () => {
    it('while streaming: keeps the text, closes the call within a second and says what it cost', async () => {
      const asked = await house.comparison({ panel: [endless] });
      await asked.hasWritten(0, 20);
      const at = Date.now();
      expect((await asked.post('cancel')).status).toBe(202);
      const comparison = await asked.ends();
      expect(comparison).toMatchObject({ status: 'cancelled', answers: [{ status: 'cancelled' }] });
      expect(comparison.answers[0]!.text.length).toBeGreaterThanOrEqual(20);
      expect(asked.expectedText(endless).startsWith(comparison.answers[0]!.text)).toBe(true);
      await upstreamIsClosed(asked, at);
      const settled = await asked.shows(({ cost }) => cost.basis === 'estimated', 'the cost of the broken-off call');
      expect(Number(settled.cost.totalUsd)).toBeGreaterThan(0);
      expect(await asked.violations()).toEqual([]);
    });

    it('while queued for a retry: calls no model any more', async () => {
      const asked = await house.comparison({ panel: ['openai/sim-sage+retryAfter=2'], assessment: bare });
      await asked.shows(({ answers }) => answers[0]!.attempts[0]?.status === 'failed', 'a failed attempt');
      await asked.post('cancel');
      const comparison = await asked.ends();
      expect(comparison).toMatchObject({ status: 'cancelled', answers: [{ status: 'cancelled', text: '' }] });
      // The retry was due two seconds after the failure; a question asked after that has been answered by then.
      const due = new Date(comparison.answers[0]!.attempts[0]!.finishedAt!).getTime() + 2_600;
      await until(() => Date.now() > due, 'the retry would have been due');
      expect(asked.calls()).toHaveLength(1);
      expect(await asked.violations()).toEqual([]);
    });

    it('while assessing: stops the judges', async () => {
      const slowJudge = 'chat/sim-scout+slowJudge=30000';
      const asked = await house.comparison({ panel: [quick, quick2], assessment: { summary: false, judges: [slowJudge] } });
      await asked.shows(({ status }) => status === 'assessing', 'the assessment');
      await until(
        () => house.calls().filter(({ model, finishedAt }) => model?.includes('slowJudge') && finishedAt === null).length === 2,
        'both ballots are asked for',
      );
      const at = Date.now();
      await asked.post('cancel');
      expect(await asked.ends()).toMatchObject({ status: 'cancelled', ranking: null });
      const ballots = () => house.calls().filter(({ model }) => model?.includes('slowJudge'));
      await until(() => ballots().every(({ closedByClientAt }) => closedByClientAt !== null), 'the judges’ calls are closed');
      for (const { closedByClientAt } of ballots()) expect(closedByClientAt! - at).toBeLessThan(1_000);
      expect(await asked.violations()).toEqual([]);
    });

    it('after its end: changes nothing', async () => {
      const asked = await house.comparison({ panel: [quick], assessment: bare });
      const before = await asked.ends();
      expect((await asked.post('cancel')).status).toBe(202);
      expect(await asked.read()).toEqual(before);
    });

    it('many times at once: ends once', async () => {
      const asked = await house.comparison({ panel: [endless, endless], assessment: bare });
      await asked.hasWritten(0);
      await Promise.all(Array.from({ length: 8 }, () => asked.post('cancel')));
      expect(types(await asked.log(), 'comparison.cancelled')).toHaveLength(1);
      expect(await asked.violations()).toEqual([]);
    });

    it('one answer of two: the other is completed', async () => {
      const asked = await house.comparison({ panel: [endless, tardy], assessment: bare });
      await asked.hasWritten(0);
      const at = Date.now();
      await asked.post(`answers/${asked.accepted.answers[0]!.id}/cancel`);
      const comparison = await asked.ends();
      expect(statuses(comparison)).toEqual(['cancelled', 'completed']);
      expect(comparison).toMatchObject({ status: 'completed', degradedReasons: ['1 of 2 answers was cancelled'] });
      await upstreamIsClosed(asked, at);
      expect(await asked.violations()).toEqual([]);
    });
  });

  describe('when a model fails', () => {
    it('is retried until it answers, every attempt on record', async () => {
      const flaky = 'openai/sim-sage+tokens=10+rate=0+ttft=0+status=500+times=2';
      const asked = await house.comparison({ panel: [flaky], assessment: bare });
      const comparison = await asked.ends();
      expect(comparison.answers[0]).toMatchObject({ status: 'completed', attempt: 3, text: asked.expectedText(flaky) });
      expect(comparison.answers[0]!.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
        [1, 'failed'],
        [2, 'failed'],
        [3, 'completed'],
      ]);
      expect(await asked.violations()).toEqual([]);
    });

    it('waits as long as Retry-After says', async () => {
      const asked = await house.comparison({
        panel: ['openai/sim-sage+tokens=10+rate=0+ttft=0+retryAfter=1+times=1'],
        assessment: bare,
      });
      await asked.ends();
      const [first, second] = asked.calls();
      expect(first!.status).toBe(429);
      expect(second!.startedAt - first!.finishedAt!).toBeGreaterThanOrEqual(1_000);
      expect(second!.startedAt - first!.finishedAt!).toBeLessThan(3_000);
    });

    it('is answered by its fallbacks in turn, attempts counted on', async () => {
      const slot = {
        model: 'openai/sim-sage+status=500',
        fallbacks: ['anthropic/sim-bard+status=404', 'chat/sim-scout+tokens=10+rate=0+ttft=0'],
      };
      const asked = await house.comparison({ panel: [slot], assessment: bare });
      const { answers, cost } = await asked.ends();
      expect(answers[0]).toMatchObject({
        status: 'completed',
        model: slot.model,
        servedBy: slot.fallbacks[1],
        text: asked.expectedText(slot.fallbacks[1]!),
        attempt: 5,
      });
      expect(answers[0]!.attempts.map(({ model }) => model)).toEqual([slot.model, slot.model, slot.model, ...slot.fallbacks]);
      expect(cost.basis).toBe('estimated'); // a provider may charge for what it answered with 500
      expect(await asked.violations()).toEqual([]);
    });

    it('has no fallback for a filtered answer', async () => {
      const asked = await house.comparison({
        panel: [{ model: 'openai/sim-sage+filter+rate=0+ttft=0', fallbacks: [quick] }],
        assessment: bare,
      });
      const { answers } = await asked.ends();
      expect(answers[0]!.servedBy).not.toBe(quick);
      expect(asked.calls()).toHaveLength(1);
      expect(await asked.violations()).toEqual([]);
    });

    it('fails the comparison when the whole panel fails', async () => {
      const asked = await house.comparison({ panel: ['openai/sim-sage+status=401', 'chat/sim-bard+status=404'] });
      const comparison = await asked.ends();
      expect(comparison).toMatchObject({
        status: 'failed',
        degraded: true,
        degradedReasons: ['2 of 2 answers failed'],
        ranking: null,
        summary: null,
      });
      expect(await asked.violations()).toEqual([]);
    });

    it('completes it, degraded, when one of four fails', async () => {
      const asked = await house.comparison({
        panel: [quick, quick2, 'chat/sim-scout+tokens=10+rate=0+ttft=0', 'chat/sim-bard+status=404'],
      });
      const comparison = await asked.ends();
      expect(comparison).toMatchObject({ status: 'completed', degraded: true, degradedReasons: ['1 of 4 answers failed'] });
      expect(comparison.ranking!.answerIds).toHaveLength(3);
      expect(comparison.ranking!.unranked).toMatchObject([{ answerId: comparison.answers[3]!.id }]);
      expect(await asked.violations()).toEqual([]);
    });
  });
});
