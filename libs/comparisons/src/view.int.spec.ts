import { Comparison, type ComparisonEvent } from '@polyphony/contracts';
import { v7 as uuid } from 'uuid';
import { Heart } from './heart.fixture.js';

jest.setTimeout(30_000);

let heart: Heart;
beforeAll(async () => {
  heart = await Heart.open();
});
afterAll(() => heart?.close());

/** The text of each answer as a client joins it from the events up to a seq. */
function textsUpTo(events: ComparisonEvent[], seq: number): Map<string, string> {
  const texts = new Map<string, string>();
  for (const event of events.filter((one) => one.seq <= seq))
    if (event.type === 'answer.delta') texts.set(event.answerId, (texts.get(event.answerId) ?? '') + event.text);
    else if (event.type === 'answer.retrying') texts.delete(event.answerId);
  return texts;
}

it('a snapshot is of exactly its lastSeq while answers stream, are retried and complete', async () => {
  const { id, answers } = await heart.comparison({ slots: 3, assessment: { summary: false, ranking: 'none' } });
  let writing = true;
  const write = async (answerId: string, retried: boolean): Promise<void> => {
    const first = await heart.claim(answerId);
    if (retried) {
      for (let piece = 0; piece < 5; piece++) await heart.stream(first, `lost ${piece} `);
      await heart.recorder.handBack(first, { usage: null, cost: { nanos: null, basis: 'unknown' } });
    }
    const claimed = retried ? await heart.claim(answerId) : first;
    for (let piece = 0; piece < 15; piece++) await heart.stream(claimed, `${piece} `);
  };
  const snapshots: Comparison[] = [];
  const writers = Promise.all(answers.map((answerId, slot) => write(answerId, slot === 1))).finally(() => (writing = false));
  while (writing) snapshots.push(await heart.view(id));
  await writers;
  snapshots.push(await heart.view(id));

  const events = await heart.events(id);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, place) => place + 1));
  for (const snapshot of snapshots) {
    const texts = textsUpTo(events, snapshot.lastSeq);
    for (const answer of snapshot.answers)
      expect([snapshot.lastSeq, answer.text]).toEqual([snapshot.lastSeq, texts.get(answer.id) ?? '']);
  }
  expect(new Set(snapshots.map(({ lastSeq }) => lastSeq)).size).toBeGreaterThan(3);
});

it('fits the contract in every state it goes through', async () => {
  const { id, answers } = await heart.comparison({ assessment: { synthesis: true } });
  const check = async (): Promise<void> => expect(Comparison.safeParse(await heart.view(id)).error?.issues).toBeUndefined();
  await check();
  await heart.stream(await heart.claim(answers[0]!), 'half');
  await check();
  await heart.control.cancelAnswer(heart.owner.workspaceId, id, answers[0]!);
  await heart.answer(answers[1]!);
  await check();
  await heart.work(id, ['summarise', 'digest', 'rank']);
  await check();
  const [due] = await heart.sql.query<{ id: string }>(`SELECT id FROM step WHERE comparison_id = $1 AND kind = 'synthesise'`, [
    id,
  ]);
  const claimed = (await heart.steps.claim(due!.id, heart.worker, 8_000))!;
  await heart.steps.startCall(claimed, 'synthesis', 'openai/judge', 1);
  await heart.streamSynthesis(claimed, 'All things ');
  await heart.streamSynthesis(claimed, 'considered');
  expect(await heart.view(id)).toMatchObject({
    status: 'assessing',
    synthesis: { text: 'All things considered', model: 'openai/judge' },
  });
  await check();
  await heart.finishStep(claimed);
  expect(await heart.view(id)).toMatchObject({ status: 'completed', synthesis: { text: 'x' } });
  await check();
});

it('an id of another workspace is answered like one that does not exist', async () => {
  const { id } = await heart.comparison();
  const { workspaceId } = heart.owner;
  const told = async (attempt: Promise<unknown>): Promise<unknown> => attempt.catch(({ code, message }: { code: string; message: string }) => ({ code, message })); // prettier-ignore
  heart.owner.workspaceId = uuid();
  const theirs = await told(heart.view(id));
  heart.owner.workspaceId = workspaceId;
  expect(theirs).toEqual(await told(heart.view(uuid())));
  expect(theirs).toMatchObject({ code: 'not_found' });
});
