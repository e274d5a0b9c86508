import { v7 as uuid } from 'uuid';
import { Heart, completed } from './heart.fixture.js';
import { Refusal } from './refusal.js';

jest.setTimeout(30_000);

let heart: Heart;
let mine: string;
beforeAll(async () => {
  heart = await Heart.open();
  mine = heart.owner.workspaceId;
});
afterAll(() => heart?.close());

const rankingOnly = { summary: false, ranking: 'panel' as const, synthesis: false };
const failure = { code: 'server', message: 'The provider failed.', retryable: true };

/** Everything about a comparison but its place in the log. */
async function stateOf(id: string): Promise<object> {
  const { lastSeq: _, ...state } = await heart.view(id);
  return state;
}

describe('cancelling a comparison', () => {
  it('nobody has begun ends it, and nothing can be claimed any more', async () => {
    const { id, answers } = await heart.comparison();
    await heart.control.cancel(mine, id);
    expect(await heart.view(id)).toMatchObject({
      status: 'cancelled',
      answers: [{ status: 'cancelled' }, { status: 'cancelled' }],
    });
    expect(await heart.recorder.claim(answers[0]!, uuid(), 8_000)).toBeNull();
    expect(await heart.told(id)).toEqual(['queued', 'answer.cancelled', 'answer.cancelled', 'comparison.cancelled']);
  });

  it('that streams keeps the text there is, tells its workers to stop, and refuses what they still write', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    await heart.answer(answers[0]!, 'whole');
    const claimed = await heart.claim(answers[1]!);
    await heart.stream(claimed, 'half of ');
    const stopped = new Promise<string>((resolve) => heart.log.wakeUps.onControl(resolve));
    await heart.control.cancel(mine, id);
    expect(JSON.parse(await stopped)).toEqual({ stop: [answers[1]] });
    await heart.stream(claimed, 'it');
    expect(await heart.recorder.complete(claimed, completed())).toBe(false);
    expect(await heart.view(id)).toMatchObject({ status: 'cancelled', answers: [{ status: 'completed', text: 'whole' }, { status: 'cancelled', text: 'half of ' }] }); // prettier-ignore
  });

  it('that is being assessed cancels its steps, and it stays cancelled', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    const [step] = await heart.sql.query<{ id: string }>(`SELECT id FROM step WHERE comparison_id = $1`, [id]);
    const claimed = (await heart.steps.claim(step!.id, heart.worker, 8_000))!;
    await heart.control.cancel(mine, id);
    expect(await heart.steps.failSynthesis(claimed, failure)).toBe(false);
    expect(await heart.view(id)).toMatchObject({ status: 'cancelled', ranking: null });
    expect(await heart.work(id)).toEqual([]);
  });

  it('that has ended changes nothing', async () => {
    const { id, answers } = await heart.comparison({ slots: 1 });
    await heart.answer(answers[0]!);
    await heart.work(id);
    const before = await heart.view(id);
    await heart.control.cancel(mine, id);
    await heart.control.cancel(mine, id);
    expect(await heart.view(id)).toEqual(before);
  });

  it('that has ended but for a late answer stops that answer and tells the end again', async () => {
    const { id, answers } = await heart.comparison({ policy: { minAnswers: 1 }, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.work(id);
    await heart.control.cancel(mine, id);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', degradedReasons: ['1 of 2 answers was cancelled'] });
    expect((await heart.told(id)).slice(-2)).toEqual(['answer.cancelled', 'comparison.completed']);
  });
});

describe('cancelling one answer', () => {
  it('leaves the others, and the last end decides', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    await heart.control.cancelAnswer(mine, id, answers[0]!);
    expect(await heart.view(id)).toMatchObject({ status: 'queued', answers: [{ status: 'cancelled' }, { status: 'queued' }] });
    await heart.answer(answers[1]!);
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', degradedReasons: ['1 of 2 answers was cancelled'] });
  });

  it('is refused for an answer of another comparison', async () => {
    const [one, other] = [await heart.comparison(), await heart.comparison()];
    await expect(heart.control.cancelAnswer(mine, one.id, other.answers[0]!)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('finishing', () => {
  it('assesses what is there, and the rest lands late and is judged anew', async () => {
    const { id, answers } = await heart.comparison({ slots: 3, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    const late = await heart.claim(answers[1]!);
    await heart.control.finish(mine, id, false);
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', ranking: { version: 1 }, degradedReasons: ['2 of 3 answers are still being written'] }); // prettier-ignore
    await heart.recorder.complete(late, completed());
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', ranking: { version: 2, answerIds: [answers[0], answers[1]] }, answers: [{ late: false }, { late: true }, { late: false }] }); // prettier-ignore
    expect((await heart.told(id)).slice(-5)).toEqual(['comparison.completed', 'answer.completed', 'assessing', 'ranking.completed', 'comparison.completed']); // prettier-ignore
  });

  it('can cancel the rest', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.control.finish(mine, id, true);
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({
      status: 'completed',
      answers: [{ status: 'completed' }, { status: 'cancelled' }],
    });
  });

  it('with nothing complete waits for the first answer', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    await heart.control.finish(mine, id, false);
    expect(await heart.view(id)).toMatchObject({ status: 'queued' });
    await heart.answer(answers[1]!);
    expect(await heart.view(id)).toMatchObject({ status: 'assessing' });
  });

  it('with nothing complete and the rest cancelled has failed', async () => {
    const { id } = await heart.comparison();
    await heart.control.finish(mine, id, true);
    expect(await heart.view(id)).toMatchObject({ status: 'failed' });
  });

  it('what has ended changes nothing', async () => {
    const { id } = await heart.comparison();
    await heart.control.cancel(mine, id);
    const before = await heart.view(id);
    await heart.control.finish(mine, id, true);
    expect(await heart.view(id)).toEqual(before);
  });
});

describe('retrying an answer', () => {
  it('of a completed comparison reopens it, keeps the old attempt and judges anew, waiting for all', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly, policy: { minAnswers: 1 } });
    for (const answerId of answers) {
      await heart.answer(answerId, 'first');
      await heart.work(id);
    }
    await heart.control.retryAnswer(mine, id, answers[0]!);
    expect(await heart.view(id)).toMatchObject({ status: 'answering', finishedAt: null, answers: [{ status: 'queued', text: '' }, { text: 'first' }] }); // prettier-ignore
    await heart.answer(answers[0]!, 'second');
    await heart.work(id);
    const view = await heart.view(id);
    expect(view).toMatchObject({ status: 'completed', ranking: { version: 3 }, answers: [{ text: 'second', attempt: 2, late: false }, { attempt: 1 }] }); // prettier-ignore
    const versions = await heart.sql.query(`SELECT version, status FROM assessment WHERE comparison_id = $1 ORDER BY version`, [
      id,
    ]);
    expect(versions).toEqual([1, 2, 3].map((version) => ({ version, status: 'completed' })));
    const kept = await heart.sql.query(`SELECT text FROM model_call WHERE answer_id = $1 AND attempt = 1`, [answers[0]]);
    expect(kept).toEqual([{ text: 'first' }]);
    const told = await heart.told(id);
    expect(told.slice(told.indexOf('answer.retrying'))).toEqual(
      ['answer.retrying', 'answering', 'answer.started', 'answer.completed', 'assessing', 'ranking.completed', 'comparison.completed'], // prettier-ignore
    );
  });

  it('of a failed or cancelled comparison gives it another chance', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await heart.recorder.fail(await heart.claim(answers[0]!), { text: '', failure, usage: null, provider: null, cost: { nanos: null, basis: 'unknown' } }, { next: 'fail' }); // prettier-ignore
    expect(await heart.view(id)).toMatchObject({ status: 'failed' });
    await heart.control.retryAnswer(mine, id, answers[0]!);
    await heart.control.cancel(mine, id);
    expect(await heart.view(id)).toMatchObject({ status: 'cancelled' });
    await heart.control.retryAnswer(mine, id, answers[0]!);
    await heart.answer(answers[0]!);
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', degraded: false });
  });

  it('after an assessment was cancelled judges also what that one was to judge', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.control.cancelAnswer(mine, id, answers[1]!);
    await heart.control.cancel(mine, id);
    await heart.control.retryAnswer(mine, id, answers[1]!);
    await heart.control.cancelAnswer(mine, id, answers[1]!);
    expect(await heart.work(id)).toEqual(['rank']);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', ranking: { version: 2 } });
  });

  it('while the answers are assessed stops that assessment, and judges once when the answer is there', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    for (const answerId of answers) await heart.answer(answerId);
    expect(await heart.view(id)).toMatchObject({ status: 'assessing' });
    await heart.control.retryAnswer(mine, id, answers[0]!);
    expect(await heart.view(id)).toMatchObject({ status: 'answering' });
    expect(await heart.work(id)).toEqual([]);
    await heart.answer(answers[0]!, 'second');
    expect(await heart.work(id)).toEqual(['rank']);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', ranking: { version: 2 } });
  });

  it('after a cancellation still has the other answers summarised', async () => {
    const { id, answers } = await heart.comparison({ assessment: { summary: true, ranking: 'none' } });
    await heart.answer(answers[0]!);
    await heart.control.cancel(mine, id);
    await heart.control.retryAnswer(mine, id, answers[1]!);
    await heart.answer(answers[1]!);
    expect((await heart.work(id)).filter((kind) => kind === 'summarise')).toHaveLength(2);
    const view = await heart.view(id);
    expect(view).toMatchObject({ status: 'completed' });
    expect(view.answers.every(({ summary }) => summary !== null)).toBe(true);
  });

  it('that is still being written is refused', async () => {
    const { id, answers } = await heart.comparison();
    await expect(heart.control.retryAnswer(mine, id, answers[0]!)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('gives the comparison its whole time again', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await heart.elapse(id, 200_000);
    await heart.control.clock(id);
    expect(await heart.view(id)).toMatchObject({ status: 'failed', answers: [{ status: 'expired' }] });
    await heart.control.retryAnswer(mine, id, answers[0]!);
    await heart.control.clock(id);
    await heart.answer(answers[0]!);
    expect(await heart.view(id)).toMatchObject({ status: 'assessing' });
  });
});

describe('assessing again', () => {
  it('makes a new version by the new wishes, and the older one stays', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly });
    for (const answerId of answers) await heart.answer(answerId);
    await heart.work(id);
    await heart.control.assess(mine, id, { ...rankingOnly, synthesis: true });
    expect(await heart.view(id)).toMatchObject({ status: 'assessing', assessment: { synthesis: true } });
    expect(await heart.work(id)).toEqual(['rank', 'synthesise']);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', ranking: { version: 2 }, synthesis: { text: 'x' } });
    const versions = await heart.sql.query(`SELECT version, ranking->>'version' AS ranking FROM assessment WHERE comparison_id = $1 ORDER BY version`, [id]); // prettier-ignore
    expect(versions).toEqual([{ version: 1, ranking: '1' }, { version: 2, ranking: '2' }]); // prettier-ignore
  });

  it('is refused while the comparison is under way, for nothing, and with a model nobody knows', async () => {
    const { id, answers } = await heart.comparison({ slots: 1, assessment: rankingOnly });
    await expect(heart.control.assess(mine, id, rankingOnly)).rejects.toMatchObject({ code: 'conflict' });
    await heart.answer(answers[0]!);
    await heart.work(id);
    const before = await heart.view(id);
    await expect(heart.control.assess(mine, id, { ...rankingOnly, ranking: 'none' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(heart.control.assess(mine, id, { ...rankingOnly, judges: ['nobody/x'] })).rejects.toMatchObject({
      code: 'unknown_model',
    });
    expect(await heart.view(id)).toEqual(before);
  });
});

describe('the clock', () => {
  it('before its time changes nothing', async () => {
    const { id, answers } = await heart.comparison();
    await heart.claim(answers[0]!);
    const before = await stateOf(id);
    await heart.control.clock(id);
    expect(await stateOf(id)).toEqual(before);
  });

  it('at the deadline expires what is open, keeps its text, and assesses the rest', async () => {
    const { id, answers } = await heart.comparison({ slots: 3, assessment: rankingOnly });
    await heart.answer(answers[0]!);
    await heart.stream(await heart.claim(answers[1]!), 'half');
    await heart.elapse(id, 200_000);
    await heart.control.clock(id);
    await heart.work(id);
    expect(await heart.view(id)).toMatchObject({
      status: 'completed', degradedReasons: ['2 of 3 answers missed the deadline'],
      answers: [{ status: 'completed' }, { status: 'expired', text: 'half', error: { code: 'deadline' } }, { status: 'expired' }],
    }); // prettier-ignore
  });

  it('at the end of the grace assesses what is there', async () => {
    const { id, answers } = await heart.comparison({
      slots: 3,
      assessment: rankingOnly,
      policy: { minAnswers: 2, graceMs: 10_000 },
    });
    await heart.answer(answers[0]!);
    await heart.answer(answers[1]!);
    await heart.control.clock(id);
    expect(await heart.view(id)).toMatchObject({ status: 'answering' });
    await heart.elapse(id, 10_001);
    await heart.control.clock(id);
    expect(await heart.view(id)).toMatchObject({ status: 'assessing', answers: [{}, {}, { status: 'queued' }] });
  });

  it('ends an answer that was to land late, and tells the end again', async () => {
    const { id, answers } = await heart.comparison({ assessment: rankingOnly, policy: { minAnswers: 1 } });
    await heart.answer(answers[0]!);
    await heart.work(id);
    await heart.elapse(id, 200_000);
    await heart.control.clock(id);
    expect((await heart.told(id)).slice(-2)).toEqual(['answer.expired', 'comparison.completed']);
    expect(await heart.view(id)).toMatchObject({ status: 'completed', degradedReasons: ['1 of 2 answers missed the deadline'] });
  });

  it('leaves a cancelled comparison alone', async () => {
    const { id } = await heart.comparison();
    await heart.control.cancel(mine, id);
    const before = await heart.view(id);
    await heart.elapse(id, 200_000);
    await heart.control.clock(id);
    expect(await heart.view(id)).toEqual(before);
  });
});

describe('deleting', () => {
  it.each(['queued', 'streaming', 'assessing', 'completed'])('a comparison that is %s leaves nothing of it', async (status) => {
    const { id, answers } = await heart.comparison({ slots: 1 });
    const claimed = status === 'queued' ? null : await heart.claim(answers[0]!);
    if (claimed) await heart.stream(claimed, 'text');
    if (claimed && status !== 'streaming') await heart.recorder.complete(claimed, completed('text'));
    if (status === 'completed') await heart.work(id);
    await heart.control.delete(mine, id);
    if (claimed) await heart.stream(claimed, 'more');
    await expect(heart.view(id)).rejects.toThrow(Refusal);
    for (const table of ['answer', 'step', 'assessment', 'model_call', 'comparison_log', 'event'])
      expect(await heart.sql.query(`SELECT 1 FROM ${table} WHERE comparison_id = $1`, [id])).toEqual([]);
    if (claimed) expect(await heart.recorder.complete(claimed, completed())).toBe(false);
  });
});

it('an id of another workspace is answered like one that does not exist', async () => {
  const { id, answers } = await heart.comparison();
  const before = await heart.view(id);
  const { control } = heart;
  for (const [workspace, comparison] of [
    [uuid(), id],
    [mine, uuid()],
  ] as const)
    // prettier-ignore
    for (const attempt of [
      () => control.cancel(workspace, comparison),
      () => control.finish(workspace, comparison, true),
      () => control.cancelAnswer(workspace, comparison, answers[0]!),
      () => control.retryAnswer(workspace, comparison, answers[0]!),
      () => control.assess(workspace, comparison, rankingOnly),
      () => control.delete(workspace, comparison),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'not_found', detail: 'There is no comparison with this id.' });
  expect(await heart.view(id)).toEqual(before);
});
