import { type Comparison, type ComparisonEvent, parseModelId } from '@polyphony/contracts';
import { costOf, fromMoney, toMoney } from '@polyphony/money';
import { type Asked, onBothBackends, testPrices, useHouse } from '@polyphony/testing';

const panel = ['anthropic/sim-sage+rate=400', 'openai/sim-bard+rate=400', 'chat/sim-scout+rate=400', 'chat/sim-skeptic+rate=400'];

function priceOf(model: string) {
  return { cachedInput: null, cacheWrite: null, ...testPrices[parseModelId(model).provider as keyof typeof testPrices] };
}

onBothBackends('a question asked of four models over three wire formats', (backend) => {
  const house = useHouse(backend);
  let asked: Asked;
  let comparison: Comparison;
  let log: ComparisonEvent[];

  beforeAll(async () => {
    asked = await house.comparison({ panel, assessment: { synthesis: true }, metadata: { origin: 'test' } });
    comparison = await asked.ends();
    log = await asked.log();
  });

  it('is accepted as queued, with one answer per slot', () => {
    expect(asked.accepted).toMatchObject({ status: 'queued', metadata: { origin: 'test' } });
    expect(asked.accepted.answers.map(({ model, slot }) => [slot, model])).toEqual(panel.map((model, slot) => [slot, model]));
  });

  it('is completed by all four, not degraded', () => {
    expect(comparison).toMatchObject({ status: 'completed', degraded: false, degradedReasons: [] });
    expect(comparison.answers.map(({ status, finishReason, late }) => ({ status, finishReason, late }))).toEqual(
      panel.map(() => ({ status: 'completed', finishReason: 'stop', late: false })),
    );
  });

  it('stores every model’s text byte for byte', () => {
    expect(comparison.answers.map(({ text }) => text)).toEqual(panel.map((model) => asked.expectedText(model)));
  });

  it('reached each provider in its own wire format with its own key', () => {
    expect(
      asked
        .calls()
        .map(({ model, format, keyHint }) => `${model} ${format} ${keyHint}`)
        .toSorted(),
    ).toEqual([
      'sim-bard+rate=400 responses enai',
      'sim-sage+rate=400 anthropic opic',
      'sim-scout+rate=400 chat chat',
      'sim-skeptic+rate=400 chat chat',
    ]);
  });

  it('has a log without a hole that agrees with what is stored', async () => {
    expect(await asked.violations()).toEqual([]);
  });

  it('tells each kind of result once, and its end last', () => {
    const count = (type: string) => log.filter((event) => event.type === type).length;
    expect(count('answer.started')).toBe(4);
    expect(count('answer.completed')).toBe(4);
    expect(count('answer.summarised')).toBe(4);
    expect(count('summary.completed')).toBe(1);
    expect(count('ranking.completed')).toBe(1);
    expect(count('synthesis.completed')).toBe(1);
    expect(log.at(-1)).toMatchObject({ type: 'comparison.completed', degraded: false, cost: comparison.cost });
  });

  it('summarises each answer and all of them within their word limits', () => {
    const words = (text: string) => text.split(/\s+/).filter(Boolean).length;
    for (const { summary } of [...comparison.answers, comparison]) {
      expect(summary).toMatchObject({ basis: 'model', text: expect.any(String) });
      expect(words(summary!.text)).toBeLessThanOrEqual(50);
      expect(words(summary!.reasoning)).toBeLessThanOrEqual(20);
      expect(summary!.keyPoints.length).toBeGreaterThan(0);
    }
    expect(comparison.summary!.answerIds.toSorted()).toEqual(comparison.answers.map(({ id }) => id).toSorted());
  });

  it('ranks all answers by judges of different providers who each voted in both orders', () => {
    const { ranking } = comparison;
    expect(ranking).toMatchObject({ version: 1, mode: 'panel', unranked: [] });
    expect(ranking!.places.map(({ answerId }) => answerId).toSorted()).toEqual(comparison.answers.map(({ id }) => id).toSorted());
    expect(ranking!.judges).toHaveLength(3);
    expect(new Set(ranking!.judges.map(({ model }) => parseModelId(model).provider)).size).toBe(3);
    for (const judge of ranking!.judges) expect(judge).toMatchObject({ ballots: 2, invalidBallots: 0 });
    expect(ranking!.confidence).toBeGreaterThanOrEqual(0);
    expect(ranking!.confidence).toBeLessThanOrEqual(1);
  });

  it('streams the synthesis as the text it stores', () => {
    const text = log.map((event) => (event.type === 'synthesis.delta' ? event.text : '')).join('');
    expect(text).toBe(comparison.synthesis!.text);
    expect(text.length).toBeGreaterThan(0);
  });

  it('costs each answer its usage times its price, to the nano-dollar', () => {
    for (const { model, usage, cost } of comparison.answers)
      expect(cost).toEqual({ usd: toMoney(costOf(usage!, priceOf(model))!), basis: 'exact' });
    const sum = comparison.answers.reduce((total, { cost }) => total + fromMoney(cost.usd!), 0n);
    expect(fromMoney(comparison.cost.answersUsd!)).toBe(sum);
    expect(fromMoney(comparison.cost.totalUsd!)).toBe(sum + fromMoney(comparison.cost.assessmentUsd!));
    expect(comparison.cost.basis).toBe('exact');
  });

  it('counts the tokens the providers charge for, judges and summaries included', () => {
    const bill = house.calls().reduce((sum, call) => {
      const provider = call.format === 'responses' ? 'openai' : call.format!;
      return (
        sum + costOf({ ...noUsage, inputTokens: call.inputTokens, outputTokens: call.outputTokens }, priceOf(`${provider}/any`))!
      );
    }, 0n);
    expect(comparison.cost.totalUsd).toBe(toMoney(bill));
  });

  it('keeps what identifies each call at its provider', () => {
    for (const { provider, servedBy, model, attempts } of comparison.answers) {
      expect(provider).toMatchObject({
        requestId: expect.any(String),
        responseId: expect.any(String),
        model: expect.any(String),
      });
      expect(servedBy).toBe(model);
      expect(attempts).toMatchObject([{ attempt: 1, status: 'completed', error: null }]);
    }
  });

  it('shows whoever reads after an event what the event said', async () => {
    const next = await house.comparison({ panel: panel.slice(0, 2) });
    const stream = house.events(next.id, { after: 0 });
    const seen = new Set<number>();
    for (;;) {
      const event = stream.events.find(({ seq }) => !seen.has(seq));
      if (!event) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      seen.add(event.seq);
      if (event.type === 'answer.delta' || event.type === 'answer.started') continue;
      const now = await next.read();
      expect(now.lastSeq).toBeGreaterThanOrEqual(event.seq);
      if (event.type === 'answer.completed')
        expect(now.answers.find(({ id }) => id === event.answerId)!.status).toBe('completed');
      if (event.type === 'answer.summarised')
        expect(now.answers.find(({ id }) => id === event.answerId)!.summary).toEqual(event.summary);
      if (event.type === 'summary.completed') expect(now.summary).toEqual(event.summary);
      if (event.type === 'ranking.completed') expect(now.ranking).toEqual(event.ranking);
      if (event.type === 'comparison.completed') {
        expect(now).toMatchObject({ status: 'completed', cost: event.cost });
        break;
      }
    }
  });

  it('lets the same model take two slots, each with its own parameters', async () => {
    const twice = await house.comparison({
      panel: [
        { model: 'openai/sim-sage+tokens=50+rate=0', maxOutputTokens: 10 },
        { model: 'openai/sim-sage+tokens=50+rate=0', label: 'second' },
      ],
      assessment: { summary: false, ranking: 'none' },
    });
    const { answers, ranking, summary } = await twice.ends();
    expect(answers.map(({ finishReason }) => finishReason)).toEqual(['length', 'stop']);
    expect(answers[1]!.text).toBe(twice.expectedText('openai/sim-sage+tokens=50+rate=0'));
    expect([ranking, summary]).toEqual([null, null]);
    expect(await twice.violations()).toEqual([]);
  });

  it('takes a conversation in place of a prompt', async () => {
    const talk = await house.comparison({
      messages: [
        { role: 'user', content: 'What is a fugue?' },
        { role: 'assistant', content: 'A form.' },
        { role: 'user', content: `Who wrote the best ones, asked on ${backend}?` },
      ],
      panel: ['anthropic/sim-scout+tokens=30+rate=0'],
    });
    const { answers } = await talk.ends();
    expect(answers[0]!.text).toBe(talk.expectedText('anthropic/sim-scout+tokens=30+rate=0'));
  });
});

const noUsage = { inputTokens: 0, outputTokens: 0, cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null };
