import type { Answer, Comparison } from '@polyphony/contracts';
import { type Asked, onPostgres, useHouse } from '@polyphony/testing';

const bare = { summary: false, ranking: 'none' } as const;
const bases = ['anthropic/sim-sage', 'openai/sim-bard', 'chat/sim-scout'];
const pace = '+tokens=20+rate=200+ttft=0';

/** Faults that leave no whole answer, in all three wire formats. */
const fatal = [
  'stall',
  'cut',
  'reset',
  'eof',
  'garbage',
  'midError',
  'hang',
  'stallFirst',
  'pingOnly',
  'html',
  'jsonError',
  'status=429',
  'status=500',
  'status=503',
  'status=529',
];
/** Faults that time alone does not mend. */
const final = [
  ['status=400', 'invalidRequest'],
  ['status=401', 'authentication'],
  ['status=403', 'permission'],
  ['status=404', 'notFound'],
  ['billing429', 'budgetExceeded'],
  ['context', 'contextLength'],
];
/** Ways to send a whole answer that a careless reader breaks on. */
const odd = ['splitUtf8', 'crlf', 'comments', 'hugeLine', 'noUsage'];

onPostgres('a provider that misbehaves', (backend) => {
  const house = useHouse(backend, { workers: 1, settings: { retry: { attempts: 2, baseMs: 20, maxMs: 1_000 } } });
  const asked = new Map<string, Asked>();
  const ended = new Map<string, Comparison>();

  const panelOf = (fault: string) => bases.map((base) => `${base}${pace}+${fault}`);

  // All faults at once, so that the slowest one's timeouts are waited for once.
  beforeAll(async () => {
    for (const fault of [
      ...fatal.flatMap((name) => [name, `${name}+times=1`]),
      ...final.map(([name]) => name!),
      ...odd,
      'length',
      'refusal',
      'filter',
      'jsonBody',
      'retryAfter=60',
    ])
      asked.set(fault, await house.comparison({ panel: panelOf(fault), assessment: bare }));
    for (const [fault, comparison] of asked) ended.set(fault, await comparison.ends());
  }, 90_000);

  const answersOf = (fault: string): Answer[] => ended.get(fault)!.answers;
  const whole = (fault: string) => panelOf(fault).map((model) => asked.get(fault)!.expectedText(model));

  it.each(fatal)(
    'with %s every time: the answer has failed, retried in vain, and never passes for a whole one',
    async (fault) => {
      for (const answer of answersOf(fault)) {
        expect(answer).toMatchObject({
          status: 'failed',
          finishReason: null,
          error: { code: expect.any(String), message: expect.any(String) },
        });
        expect(answer.attempts.map(({ status }) => status)).toEqual(['failed', 'failed']);
      }
      expect(ended.get(fault)).toMatchObject({ status: 'failed', degradedReasons: ['3 of 3 answers failed'] });
      expect(await asked.get(fault)!.violations()).toEqual([]);
    },
  );

  it.each(fatal)('with %s once: the second attempt’s text is the answer, with nothing of the first', async (fault) => {
    const once = `${fault}+times=1`;
    expect(answersOf(once).map(({ status, text }) => ({ status, text }))).toEqual(
      whole(once).map((text) => ({ status: 'completed', text })),
    );
    for (const { attempts } of answersOf(once)) expect(attempts.map(({ status }) => status)).toEqual(['failed', 'completed']);
    expect(await asked.get(once)!.violations()).toEqual([]);
  });

  it.each(final)('with %s: the answer has failed at once, as %s', async (fault, code) => {
    for (const answer of answersOf(fault!)) {
      expect(answer).toMatchObject({ status: 'failed', error: { code, retryable: false } });
      expect(answer.attempts).toHaveLength(1);
    }
    expect(asked.get(fault!)!.calls()).toHaveLength(3);
  });

  it('that wants to be left alone for longer than the operator waits is not asked again', () => {
    for (const { status, error, attempts } of answersOf('retryAfter=60')) {
      expect([status, error!.code, attempts.length]).toEqual(['failed', 'rateLimit', 1]);
    }
  });

  it.each(odd)('with %s: the answer is whole', async (fault) => {
    expect(answersOf(fault).map(({ status, text }) => ({ status, text }))).toEqual(
      whole(fault).map((text) => ({ status: 'completed', text })),
    );
    expect(await asked.get(fault)!.violations()).toEqual([]);
  });

  it('that reports no usage: the cost is estimated and says so, never zero', () => {
    for (const { cost } of answersOf('noUsage')) {
      expect(cost.basis).toBe('estimated');
      expect(Number(cost.usd)).toBeGreaterThan(0);
    }
    expect(ended.get('noUsage')!.cost.basis).toBe('estimated');
  });

  it('that stops at the token limit: the answer says that it was cut', () => {
    for (const [slot, { status, finishReason, text }] of answersOf('length').entries())
      expect({ status, finishReason, text }).toEqual({
        status: 'completed',
        finishReason: 'length',
        text: whole('length')[slot],
      });
  });

  it('that refuses or filters: the answer says so, asked once', () => {
    for (const { finishReason, attempts } of answersOf('refusal'))
      expect([finishReason, attempts.length]).toEqual(['refusal', 1]);
    // Anthropic knows one word for both.
    for (const [slot, reason] of ['refusal', 'contentFilter', 'contentFilter'].entries()) {
      const { status, finishReason, error, attempts } = answersOf('filter')[slot]!;
      expect(status === 'failed' ? error!.code : finishReason).toBe(reason);
      expect(attempts).toHaveLength(1);
    }
  });

  it('that answers a stream with one whole body: the answer is that body or has failed, never a part of it', () => {
    for (const [slot, { status, text }] of answersOf('jsonBody').entries())
      if (status === 'completed') expect(text).toBe(whole('jsonBody')[slot]);
      else expect(status).toBe('failed');
  });

  it('is never quoted with its key', () => {
    for (const { answers } of ended.values()) expect(JSON.stringify(answers)).not.toMatch(/key-of-/);
    expect(house.logs()).not.toMatch(/key-of-/);
  });
});
