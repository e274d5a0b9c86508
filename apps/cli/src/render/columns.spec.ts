import { fitsColumns, renderColumns } from './columns.js';
import { aComparison, anAnswer } from './comparison.fixture.js';
import { noPaint } from './paint.js';
import { widthOf } from './text-width.js';

describe('renderColumns', () => {
  const comparison = aComparison([
    anAnswer(0, { text: 'one two three four five six' }),
    anAnswer(1, { text: '空が青い\nはい', status: 'queued' }),
  ]);

  it('puts names, states and texts side by side', () => {
    expect(renderColumns(comparison, { width: 27 }, noPaint)).toEqual([
      'sage         │ fox         ',
      'writing      │ waiting     ',
      '─────────────┼─────────────'.slice(0, 27),
      'one two      │ 空が青い    ',
      'three four   │ はい        ',
      'five six     │             ',
    ]);
  });

  it('keeps to the width, wide characters included', () => {
    for (const width of [27, 60, 101])
      for (const row of renderColumns(comparison, { width }, noPaint)) expect(widthOf(row)).toBeLessThanOrEqual(width);
  });

  it('shows the end of what is being written when the height is small', () => {
    const rows = renderColumns(comparison, { width: 27, height: 5 }, noPaint);
    expect(rows.slice(3)).toEqual(['three four   │ 空が青い    ', 'five six     │ はい        ']);
  });

  it('tells two answers of one model apart', () => {
    const twice = aComparison([anAnswer(0), anAnswer(1, { model: 'sim/sage' })]);
    expect(renderColumns(twice, { width: 40 }, noPaint)[0]).toContain('sage #2');
  });

  it('is for wide terminals and at most four answers', () => {
    expect([fitsColumns(4, 100), fitsColumns(4, 99), fitsColumns(5, 200)]).toEqual([true, false, false]);
  });
});
