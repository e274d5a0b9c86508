import type { Comparison } from '@polyphony/client';
import { isOpen } from '../wording.js';
import { CostView } from './cost-view.js';
import { DigestView } from './digest-view.js';
import { RankingView } from './ranking-view.js';
import { SynthesisView } from './synthesis-view.js';

/** What came of the answers, each part as soon as it is there. */
export function ResultPanel({ comparison }: { comparison: Comparison }) {
  const { ranking, summary, synthesis, answers, status } = comparison;
  const isOver = !isOpen(status);
  if (!ranking && !summary && !synthesis && !isOver) return null;
  return (
    <div className="result" id="result">
      <div className="result-main">
        {synthesis && <SynthesisView synthesis={synthesis} />}
        {summary && <DigestView summary={summary} answers={answers} />}
      </div>
      <div className="result-side">
        {ranking && <RankingView ranking={ranking} answers={answers} />}
        {isOver && <CostView comparison={comparison} />}
      </div>
    </div>
  );
}
