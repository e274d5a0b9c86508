import { liveViewFor } from './live-view.js';
import { aComparison, anAnswer } from './render/comparison.fixture.js';
import { noPaint } from './render/paint.js';

function terminal(changes: { isTTY?: boolean; columns?: number; rows?: number } = {}) {
  const written: string[] = [];
  return { written, ...changes, write: (text: string) => written.push(text) };
}
const comparison = aComparison([anAnswer(0, { text: 'one\ntwo' })]);

describe('liveViewFor', () => {
  it('prints prefixed lines where there is no terminal', () => {
    const out = terminal();
    liveViewFor(out, 2, noPaint).show(comparison);
    expect(out.written).toEqual(['[sage] one\n']);
  });

  it('prints blocks in a narrow terminal', () => {
    const out = terminal({ isTTY: true, columns: 80 });
    liveViewFor(out, 2, noPaint).show(comparison);
    expect(out.written).toEqual(['\nsage\none\ntwo']);
  });

  it('draws columns over the ones before and leaves the whole text at the end', () => {
    const out = terminal({ isTTY: true, columns: 120, rows: 7 });
    const view = liveViewFor(out, 2, noPaint);
    view.show(comparison);
    view.show(comparison);
    expect(out.written[0]?.split('\n')).toHaveLength(6);
    expect(out.written[1]?.startsWith('\u001b[5A\r')).toBe(true);
    view.finish(aComparison([anAnswer(0, { text: 'a\n'.repeat(30) })]));
    expect(out.written.at(-1)?.split('\n')).toHaveLength(3 + 30 + 1);
  });
});
