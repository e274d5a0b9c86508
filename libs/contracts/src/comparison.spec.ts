import { CreateComparison, ListQuery, SocketCreateComparison, Vote } from './comparison.js';

const asked = { prompt: 'Why?', panel: ['openai/gpt'] };

function faults(
  request: object,
  schema: { safeParse(value: unknown): { error?: { issues: { path: PropertyKey[] }[] } | undefined } } = CreateComparison,
): string[] {
  // prettier-ignore
  return (schema.safeParse(request).error?.issues ?? []).map(({ path }) => path.join('.'));
}

describe('a question', () => {
  it('needs a prompt or messages, and not both', () => {
    const messages = [{ role: 'user', content: 'Why?' }];
    expect(faults(asked)).toEqual([]);
    expect(faults({ messages, panel: asked.panel })).toEqual([]);
    expect(faults({ panel: asked.panel })).toEqual(['prompt']);
    expect(faults({ ...asked, messages })).toEqual(['prompt']);
  });

  it('ends with a message of the user’s', () => {
    const messages = [{ role: 'user', content: 'Why?' }, { role: 'assistant', content: 'Because.' }]; // prettier-ignore
    expect(faults({ messages, panel: asked.panel })).toEqual(['messages']);
  });

  it('is put to one to sixteen slots, of which several may be the same model', () => {
    const panelOf = (slots: number): object => ({ ...asked, panel: Array.from({ length: slots }, () => 'openai/gpt') });
    expect(faults(panelOf(0))).toEqual(['panel']);
    expect(faults(panelOf(16))).toEqual([]);
    expect(faults(panelOf(17))).toEqual(['panel']);
  });

  it('cannot ask for more answers than it has slots', () => {
    expect(faults({ ...asked, policy: { minAnswers: 1 } })).toEqual([]);
    expect(faults({ ...asked, policy: { minAnswers: 2 } })).toEqual(['policy.minAnswers']);
  });

  it.each([
    ['an unknown member', { ...asked, temperature: 1 }, ''],
    ['an unknown member of a slot', { ...asked, panel: [{ model: 'openai/gpt', color: 'red' }] }, 'panel.0'],
    ['an unknown member of the policy', { ...asked, policy: { deadline: 5 } }, 'policy'],
    ['a deadline of no time', { ...asked, policy: { deadlineMs: 0 } }, 'policy.deadlineMs'],
    ['money with an exponent', { ...asked, maxCostUsd: '1e3' }, 'maxCostUsd'],
    ['money as a number', { ...asked, maxCostUsd: 0.5 }, 'maxCostUsd'],
    ['an empty prompt', { ...asked, prompt: '' }, 'prompt'],
    ['too many metadata entries', { ...asked, metadata: Object.fromEntries(Array.from({ length: 33 }, (_, key) => [key, 'x'])) }, 'metadata'], // prettier-ignore
  ])('is refused with %s', (_, request, path) => expect(faults(request)).toEqual([path]));

  it('is filled with the defaults clients rely on', () => {
    expect(CreateComparison.parse(asked)).toEqual({
      ...asked,
      assessment: { summary: true, ranking: 'panel', synthesis: false },
      policy: { deadlineMs: 120_000 },
      dryRun: false,
    });
    expect(CreateComparison.parse({ ...asked, assessment: { synthesis: true } }).assessment).toEqual({ summary: true, ranking: 'panel', synthesis: true }); // prettier-ignore
  });

  it('over a socket may carry its idempotency key and is checked the same way', () => {
    expect(faults({ ...asked, idempotencyKey: 'once' }, SocketCreateComparison)).toEqual([]);
    expect(faults({ panel: asked.panel, idempotencyKey: 'once' }, SocketCreateComparison)).toEqual(['prompt']);
    expect(faults({ ...asked, idempotencyKey: 'once' })).toEqual(['']);
  });
});

it('a vote names an answer for kind "answer" and for no other', () => {
  const answerId = '019a0000-0000-7000-8000-00000000000a';
  expect(faults({ kind: 'answer', answerId }, Vote)).toEqual([]);
  expect(faults({ kind: 'tie' }, Vote)).toEqual([]);
  expect(faults({ kind: 'answer' }, Vote)).toEqual(['answerId']);
  expect(faults({ kind: 'tie', answerId }, Vote)).toEqual(['answerId']);
});

it('a page has 20 items unless the query says otherwise, and at most 100', () => {
  expect(ListQuery.parse({})).toEqual({ limit: 20 });
  expect(ListQuery.parse({ limit: '7' })).toEqual({ limit: 7 });
  expect(faults({ limit: '101' }, ListQuery)).toEqual(['limit']);
  expect(faults({ limit: '0' }, ListQuery)).toEqual(['limit']);
});
