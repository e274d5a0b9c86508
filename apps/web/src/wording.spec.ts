import { ago, letter, money, outcome, progressOf, seconds, standing } from './wording.js';

describe('wording', () => {
  it.each([
    [null, 'unknown', 'unknown'],
    ['0', 'exact', '$0.00'],
    ['1.5', 'exact', '$1.50'],
    ['12', 'estimated', '≈ $12.00'],
    ['0.000312', 'exact', '$0.000312'],
    ['0.0012345', 'partial', 'at least $0.00123'],
    ['1234.5678', 'exact', '$1234.56'],
    ['0.000000001', 'exact', '$0.000000001'],
  ] as const)('shows %s (%s) as %s', (usd, basis, expected) => {
    expect(money(usd, basis)).toBe(expected);
  });

  it('never shows an unknown cost as nothing', () => {
    expect(money(null, 'partial')).toBe('unknown');
  });

  it('shows durations', () => {
    expect([seconds(420), seconds(61_000)]).toEqual(['0.4 s', '1 min 1 s']);
  });

  it('says how long ago something was', () => {
    const now = Date.parse('2026-01-02T12:00:00.000Z');
    const times = ['2026-01-02T11:59:50.000Z', '2026-01-02T11:30:00.000Z', '2026-01-02T07:00:00.000Z'];
    expect(times.map((at) => ago(at, now))).toEqual(['just now', '30 min ago', '5 h ago']);
  });

  it('says how an answer stands', () => {
    const answer = { status: 'completed', finishReason: 'length', late: true, attempts: [] } as const;
    expect(standing({ ...answer, attempts: [] })).toBe('Cut off at its limit, late');
    expect(standing({ status: 'queued', finishReason: null, late: false, attempts: [] })).toBe('Waiting');
  });

  it('counts what is in, failed answers included', () => {
    const answers = [{ status: 'failed' }, { status: 'completed' }, { status: 'streaming' }] as never;
    expect(progressOf({ status: 'answering', answers })).toBe('2 of 3 answers are in');
  });

  it('names answers by letter and outcomes in words', () => {
    expect([letter(0), letter(15)]).toEqual(['A', 'P']);
    expect(outcome({ outcome: 'contested' })).toBe('Contested: the judges disagree');
  });
});
