import type { AnswerSummary } from '@polyphony/client';
import { memo } from 'react';

export const AnswerSummaryView = memo(function AnswerSummaryView({ summary }: { summary: AnswerSummary }) {
  return (
    <details className="in-short">
      <summary>
        In short
        {summary.basis === 'extractive' && <span className="tag">extract</span>}
        <span className="in-short-text">{summary.text}</span>
      </summary>
      {summary.reasoning && <p className="hint">{summary.reasoning}</p>}
      <ul>
        {summary.keyPoints.map((point, index) => (
          <li key={index}>{point}</li>
        ))}
      </ul>
    </details>
  );
});
