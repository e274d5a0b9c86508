import { EventBody, type Failure } from '@polyphony/contracts';
import { v7 as uuid } from 'uuid';
import { Heart, completed } from './heart.fixture.js';

jest.setTimeout(30_000);

let heart: Heart;
beforeAll(async () => {
  heart = await Heart.open();
});
afterAll(() => heart?.close());

const failure: Failure = { code: 'server', message: 'The provider failed.', retryable: true };
const failed = { text: 'half', failure, usage: null, provider: null, cost: { nanos: 0n, basis: 'exact' as const } };

async function answerOf(id: string, slot = 0) {
  return (await heart.view(id)).answers[slot]!;
}

describe('claiming an answer', () => {
  it('succeeds for one of ten that try at once', async () => {
    const { id, answers } = await heart.comparison();
    const claims = await Promise.all(Array.from({ length: 10 }, () => heart.recorder.claim(answers[0]!, uuid(), 8_000)));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect(await answerOf(id)).toMatchObject({ status: 'streaming', attempt: 1, attempts: [{ attempt: 1, model: 'openai/a', status: 'running' }] }); // prettier-ignore
    expect(await heart.told(id)).toEqual(['queued', 'answering', 'answer.started']);
  });

  it('gives what the call needs: the slot’s own system before the comparison’s, and the messages', async () => {
    const panel = [{ model: 'openai/a', system: 'Be brief.', temperature: 0.5, fallbacks: ['openai/b'] }, 'openai/b'];
    const { answers } = await heart.comparison({ panel, system: 'Be kind.' });
    expect(await heart.claim(answers[0]!)).toMatchObject({
      system: 'Be brief.',
      slot: panel[0],
      hasFallback: true,
      modelTries: 0,
    });
    expect(await heart.claim(answers[1]!)).toMatchObject({ system: 'Be kind.', hasFallback: false, messages: [{ role: 'user', content: 'Why?' }] }); // prettier-ignore
  });

  it('finds nothing once the deadline has passed, nor for an answer that does not exist', async () => {
    const { id, answers } = await heart.comparison();
    await heart.elapse(id, 200_000);
    expect(await heart.recorder.claim(answers[0]!, uuid(), 8_000)).toBeNull();
    expect(await heart.recorder.claim(uuid(), uuid(), 8_000)).toBeNull();
  });
});

describe('a complete answer', () => {
  it('is stored with its text, times and cost, and its summary is due', async () => {
    const { id, answers } = await heart.comparison();
    await heart.answer(answers[0]!, 'Because.');
    expect(await answerOf(id)).toMatchObject({
      status: 'completed', late: false, text: 'Because.', servedBy: 'openai/a', finishReason: 'stop', cost: { usd: '0.000001', basis: 'exact' },
    }); // prettier-ignore
    const steps = await heart.sql.query(`SELECT kind, version, answer_id AS answer, status FROM step WHERE comparison_id = $1`, [
      id,
    ]);
    expect(steps).toEqual([{ kind: 'summarise', version: 1, answer: answers[0], status: 'queued' }]);
  });

  it('brings the end of its text into the log with it', async () => {
    const { id, answers } = await heart.comparison();
    const claimed = await heart.claim(answers[0]!);
    await heart.stream(claimed, 'Be');
    await heart.recorder.complete(claimed, completed('Because. 😀'), 'cause. 😀');
    const events = await heart.events(id);
    expect(events.map((event) => (event.type === 'answer.delta' ? event.text : event.type)).slice(-3)).toEqual(['Be', 'cause. 😀', 'answer.completed']); // prettier-ignore
    expect((await answerOf(id)).text).toBe('Because. 😀');
  });

  it('tells in its event what it is stored with', async () => {
    const { id, answers } = await heart.comparison();
    await heart.answer(answers[0]!);
    const told = (await heart.events(id)).find(({ type }) => type === 'answer.completed');
    const { finishReason, usage, cost, timing } = await answerOf(id);
    expect(told).toMatchObject({ answerId: answers[0], attempt: 1, finishReason, usage, cost, timing });
    expect(EventBody.safeParse(told).error?.issues).toBeUndefined();
  });

  it('is not summarised when no summary was asked for', async () => {
    const { id, answers } = await heart.comparison({ assessment: { summary: false } });
    await heart.answer(answers[0]!);
    expect(await heart.sql.query(`SELECT 1 FROM step WHERE comparison_id = $1`, [id])).toEqual([]);
  });

  it('is stored once, however often that is tried', async () => {
    const { id, answers } = await heart.comparison();
    const claimed = await heart.claim(answers[0]!);
    const stored = await Promise.all([1, 2, 3].map(() => heart.recorder.complete(claimed, completed())));
    expect(stored.filter(Boolean)).toHaveLength(1);
    expect((await heart.told(id)).filter((type) => type === 'answer.completed')).toHaveLength(1);
  });
});

describe('a failed call', () => {
  it('is followed by the same model after the delay, not before', async () => {
    const { id, answers } = await heart.comparison();
    const claimed = await heart.claim(answers[0]!);
    expect(await heart.recorder.fail(claimed, failed, { next: 'retry', delayMs: 5_000 })).toBe(true);
    expect(await heart.recorder.claim(answers[0]!, uuid(), 8_000)).toBeNull();
    await heart.elapse(id, 5_000);
    expect(await heart.claim(answers[0]!)).toMatchObject({ attempt: 2, model: 'openai/a', modelTries: 1 });
    expect(await heart.told(id)).toEqual(['queued', 'answering', 'answer.started', 'answer.retrying', 'answer.started']);
  });

  it('is followed by the fallback, with its tries counted anew and its attempts counted on', async () => {
    const { id, answers } = await heart.comparison({ panel: [{ model: 'openai/a', fallbacks: ['openai/b'] }] });
    await heart.recorder.fail(await heart.claim(answers[0]!), failed, { next: 'retry', delayMs: 0 });
    await heart.recorder.fail(await heart.claim(answers[0]!), failed, { next: 'fallback' });
    const claimed = await heart.claim(answers[0]!);
    expect(claimed).toMatchObject({ attempt: 3, model: 'openai/b', modelTries: 0, hasFallback: false });
    await heart.recorder.complete(claimed, completed());
    expect(await answerOf(id)).toMatchObject({ model: 'openai/a', servedBy: 'openai/b', attempts: [{ status: 'failed', error: failure }, { status: 'failed' }, { status: 'completed' }] }); // prettier-ignore
  });

  it('for good fails the answer with what there is of it, and with the last one the comparison', async () => {
    const { id, answers } = await heart.comparison({ slots: 1 });
    await heart.recorder.fail(await heart.claim(answers[0]!), failed, { next: 'fail' });
    expect(await heart.view(id)).toMatchObject({ status: 'failed', degradedReasons: ['1 of 1 answer failed'], answers: [{ status: 'failed', text: 'half', error: failure }] }); // prettier-ignore
  });
});

describe('a superseded attempt', () => {
  it('changes nothing, whatever it tries', async () => {
    const { id, answers } = await heart.comparison();
    const zombie = await heart.claim(answers[0]!);
    await heart.recorder.handBack(zombie, failed);
    const current = await heart.claim(answers[0]!);
    const before = await heart.view(id);
    expect(await heart.recorder.complete(zombie, completed('zombie'))).toBe(false);
    expect(await heart.recorder.fail(zombie, failed, { next: 'fail' })).toBe(false);
    expect(await heart.recorder.handBack(zombie, failed)).toBe(false);
    await heart.stream(zombie, 'zombie');
    expect(await heart.view(id)).toEqual(before);
    expect(await heart.recorder.complete(current, completed('current'))).toBe(true);
    expect((await answerOf(id)).text).toBe('current');
  });

  it('may still say what it cost, without changing how it ended', async () => {
    const { id, answers } = await heart.comparison();
    const claimed = await heart.claim(answers[0]!);
    await heart.control.cancelAnswer(heart.owner.workspaceId, id, answers[0]!);
    expect((await answerOf(id)).cost).toEqual({ usd: null, basis: 'unknown' });
    await heart.recorder.settle(claimed, { usage: null, cost: { nanos: 5n, basis: 'estimated' } });
    await heart.recorder.settle(claimed, { usage: null, cost: { nanos: 9n, basis: 'exact' } });
    expect(await answerOf(id)).toMatchObject({ status: 'cancelled', cost: { usd: '0.000000005', basis: 'estimated' }, attempts: [{ status: 'cancelled' }] }); // prettier-ignore
  });
});

describe('an answer whose worker is gone', () => {
  it('is taken back when the lease has run out, and not before', async () => {
    const { id, answers } = await heart.comparison();
    await heart.claim(answers[0]!);
    await heart.recorder.takeBack(answers[0]!, 1, id);
    expect(await answerOf(id)).toMatchObject({ status: 'streaming', attempt: 1 });
    await heart.elapse(id, 9_000);
    await heart.recorder.takeBack(answers[0]!, 1, id);
    expect(await answerOf(id)).toMatchObject({ status: 'queued', attempts: [{ status: 'lost', error: { code: 'workerLost' } }] });
    expect((await heart.told(id)).at(-1)).toBe('answer.retrying');
  });

  it('keeps its lease as long as its worker renews it by name', async () => {
    const { id, answers } = await heart.comparison();
    const owner = uuid();
    await heart.claim(answers[0]!, owner);
    await heart.claim(answers[1]!, owner);
    await heart.elapse(id, 9_000);
    expect(await heart.leases.renew(owner, [answers[0]!])).toEqual(new Set([`${answers[0]}:1`]));
    expect(await heart.leases.renew(uuid(), [answers[0]!])).toEqual(new Set());
    for (const answerId of answers) await heart.recorder.takeBack(answerId, 1, id);
    expect((await heart.view(id)).answers.map(({ status }) => status)).toEqual(['streaming', 'queued']);
  });

  it('is not taken from the next attempt', async () => {
    const { id, answers } = await heart.comparison();
    await heart.recorder.handBack(await heart.claim(answers[0]!), failed);
    await heart.claim(answers[0]!);
    await heart.elapse(id, 9_000);
    await heart.recorder.takeBack(answers[0]!, 1, id);
    expect(await answerOf(id)).toMatchObject({ status: 'streaming', attempt: 2 });
  });

  it('eight times is given up, and the comparison ends without it', async () => {
    const { id, answers } = await heart.comparison({ slots: 1 });
    for (let attempt = 1; attempt <= 8; attempt++) {
      expect(await heart.claim(answers[0]!)).toMatchObject({ attempt });
      await heart.elapse(id, 9_000);
      await heart.recorder.takeBack(answers[0]!, attempt, id);
    }
    expect(await heart.view(id)).toMatchObject({ status: 'failed', answers: [{ status: 'failed', error: { code: 'workerLost', retryable: false } }] }); // prettier-ignore
  });
});

it('a comparison goes from question to result, each step as soon as it is due', async () => {
  const { id, answers } = await heart.comparison({ assessment: { synthesis: true } });
  for (const answerId of answers) await heart.answer(answerId);
  expect(await heart.work(id)).toEqual(['summarise', 'summarise', 'digest', 'rank', 'synthesise']);
  const view = await heart.view(id);
  expect(view).toMatchObject({
    status: 'completed',
    degraded: false,
    ranking: { version: 1 },
    synthesis: { text: 'x' },
    summary: { text: 'x' },
  });
  expect(await heart.told(id)).toEqual([
    'queued', 'answering', 'answer.started', 'answer.completed', 'answer.started', 'answer.completed', 'assessing', 'answer.summarised',
    'answer.summarised', 'summary.completed', 'ranking.completed', 'synthesis.completed', 'comparison.completed',
  ]); // prettier-ignore
});
