import { type Synthesis, isPartialSynthesis } from '@polyphony/client';
import { memo } from 'react';
import { CopyButton } from '../comparison/copy-button.js';
import { Markdown } from '../markdown/markdown.js';
import { modelName, money } from '../wording.js';

/** The one answer written from all, as it grows. */
export const SynthesisView = memo(function SynthesisView({ synthesis }: { synthesis: Synthesis }) {
  const isGrowing = isPartialSynthesis(synthesis);
  return (
    <section className="sheet synthesis" aria-labelledby="synthesis-title">
      <div className="sheet-head">
        <h2 id="synthesis-title">One answer from all</h2>
        <CopyButton text={synthesis.text} what="the synthesis" />
      </div>
      <Markdown text={synthesis.text} />
      <p className="hint" role="status">
        {isGrowing
          ? 'Being written …'
          : `Written by ${modelName(synthesis.model)} from ${synthesis.answerIds.length} answers, cost ${money(synthesis.cost.usd, synthesis.cost.basis)}`}
      </p>
    </section>
  );
});
