import * as fc from 'fast-check';
import { parseBallot } from './ballot.js';
import { countWords } from './word-limits.js';

const ids = { qx: 'answer-1', zk: 'answer-2', wf: 'answer-3' };
const call = { nonce: 'n0nce', ids };
function reply(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    nonce: 'n0nce',
    criterion: 'Is the sum right?',
    candidates: [
      { id: 'qx', analysis: 'Right.', score: 90, flags: [] },
      { id: 'zk', analysis: 'Wrong.', score: 10, flags: ['factual_error'] },
      { id: 'wf', analysis: 'Also right.', score: 90, flags: [] },
    ],
    ranking: [['qx', 'wf'], ['zk']],
    abstain: false,
    ...overrides,
  };
}
const candidates = reply().candidates as Record<string, unknown>[];
const parse = (value: unknown) => parseBallot(typeof value === 'string' ? value : JSON.stringify(value), call);

describe('reading a ballot', () => {
  it('gives scores by answer id', () => {
    expect(parse(reply())).toEqual({
      ok: true,
      ballot: {
        criterion: 'Is the sum right?',
        candidates: [
          { answerId: 'answer-1', analysis: 'Right.', score: 90, flags: [] },
          { answerId: 'answer-2', analysis: 'Wrong.', score: 10, flags: ['factual_error'] },
          { answerId: 'answer-3', analysis: 'Also right.', score: 90, flags: [] },
        ],
        abstain: false,
        idOf: ids,
        notes: [],
      },
    });
  });

  it.each([
    ['fences', '```json\n' + JSON.stringify(reply(), null, 2) + '\n```'],
    ['prose around it', `Here is my ballot:\n${JSON.stringify(reply())}\nI hope this helps.`],
    ['a trailing comma', JSON.stringify(reply()).replace(/}$/, ',}')],
    ['single quotes', JSON.stringify(reply()).replaceAll('"', "'")],
    ['unknown members', JSON.stringify({ ...reply(), winner: 'zk', confidence: 1 })],
  ])('accepts a reply with %s', (_what, text) => {
    expect(parse(text)).toMatchObject({ ok: true, ballot: { candidates: [{ score: 90 }, { score: 10 }, { score: 90 }] } });
  });

  it.each([
    ['another nonce', reply({ nonce: 'n1nce' }), 'nonce'],
    ['a missing answer', reply({ candidates: candidates.slice(1) }), 'qx missing'],
    ['an unknown id', reply({ candidates: [...candidates, { ...candidates[0], id: 'aa' }] }), 'not among the answers'],
    ['an inherited id', reply({ candidates: [...candidates, { ...candidates[0], id: 'constructor' }] }), 'not among the answers'],
    ['an id twice', reply({ candidates: [...candidates, candidates[0]] }), 'qx given twice'],
    ['an id twice in the ranking', reply({ ranking: [['qx', 'qx', 'wf'], ['zk']] }), 'ranking: qx given twice'],
    [
      'a score out of range',
      reply({ candidates: [{ ...candidates[0], score: 101 }, ...candidates.slice(1)] }),
      'candidates.0.score',
    ],
    [
      'a score that is no integer',
      reply({ candidates: [{ ...candidates[0], score: '90' }, ...candidates.slice(1)] }),
      'candidates.0.score',
    ],
    ['no abstain member', { ...reply(), abstain: undefined }, 'abstain'],
    ['no JSON', 'The first answer is best: [[A]]', 'no JSON object'],
    ['only half of the JSON', JSON.stringify(reply()).slice(0, 120), ''],
    ['nothing', '', 'no JSON object'],
    ['deep nesting', `{"a":${'['.repeat(50_000)}`, ''],
    ['endless text', `{${' '.repeat(300_000)}}`, 'too long'],
  ])('refuses %s and says what is wrong', (_what, value, reason) => {
    const result = parse(value);
    expect(result).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('lets the scores win over a contradicting ranking, and notes it', () => {
    for (const ranking of [[['zk'], ['qx', 'wf']], [['qx'], ['wf'], ['zk']], [['qx', 'wf']], [['qx', 'wf', 'zk']], []])
      expect(parse(reply({ ranking }))).toMatchObject({ ok: true, ballot: { notes: [expect.stringContaining('scores count')] } });
  });

  it('takes an abstention with no candidates at all', () => {
    expect(parse({ nonce: 'n0nce', abstain: true })).toMatchObject({ ok: true, ballot: { abstain: true, candidates: [] } });
    expect(parse(reply({ abstain: true }))).toMatchObject({ ok: true, ballot: { abstain: true, candidates: [] } });
    expect(parse({ nonce: 'other', abstain: true })).toMatchObject({ ok: false });
  });

  it('cuts texts to their word limits and drops unknown flags', () => {
    const long = { ...candidates[0], analysis: 'word '.repeat(100), flags: ['refusal', 'lovely', 'refusal'] };
    const result = parse(reply({ criterion: 'word '.repeat(100), candidates: [long, ...candidates.slice(1)] }));
    if (!result.ok) throw new Error(result.reason);
    expect(countWords(result.ballot.criterion)).toBe(25);
    expect(countWords(result.ballot.candidates[0]!.analysis)).toBe(40);
    expect(result.ballot.candidates[0]!.flags).toEqual(['refusal']);
  });

  it('neither crashes on 500 mutated replies nor invents a verdict', () => {
    const text = JSON.stringify(reply());
    const place = fc.nat(text.length);
    const mutation = fc.oneof(
      place.map((at) => (of: string) => of.slice(0, at)),
      fc.tuple(place, fc.nat(20)).map(
        ([at, length]) =>
          (of: string) =>
            of.slice(0, at) + of.slice(at + length),
      ),
      fc.tuple(place, fc.string({ maxLength: 5 })).map(
        ([at, noise]) =>
          (of: string) =>
            of.slice(0, at) + noise + of.slice(at),
      ),
      fc.tuple(place, fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '\n', '```', 'qx')).map(
        ([at, sign]) =>
          (of: string) =>
            of.slice(0, at) + sign + of.slice(at),
      ),
    );
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = mutations.reduce((of, mutate) => mutate(of), text);
        const result = parseBallot(mutated, call);
        if (!result.ok || result.ballot.abstain)
          return result.ok ? expect(mutated).toContain('true') : expect(result.reason).not.toBe('');
        expect(result.ballot.candidates.map((candidate) => candidate.answerId).sort()).toEqual(Object.values(ids).sort());
        for (const { score } of result.ballot.candidates) expect(mutated).toContain(String(score));
        expect(mutated).toContain('n0nce');
      }),
      { numRuns: 500 },
    );
  });
});
