import { useCallback, useEffect, useMemo } from 'react';
import { client } from '../client.js';
import { announceRecentChange } from '../recent/recent-changed.js';
import { DegradedNotice } from '../result/degraded-notice.js';
import { ResultPanel } from '../result/result-panel.js';
import { Verdict } from '../result/verdict.js';
import { followLink } from '../shell/path.js';
import { isOpen, progressOf, questionOf } from '../wording.js';
import { AnswerCard } from './answer-card.js';
import { ComparisonActions } from './comparison-actions.js';
import { ConnectionBanner } from './connection-banner.js';
import { useAction } from './use-action.js';
import { useComparison } from './use-comparison.js';

/** One comparison, live: what is degraded first, the answers side by side, the result below them. */
export function ComparisonView({ id }: { id: string }) {
  const { comparison, connection, problem } = useComparison(id);
  const { run, refusal } = useAction();
  const stop = useCallback((answerId: string) => run(() => client.cancelAnswer(id, answerId)), [id, run]);
  const retry = useCallback((answerId: string) => run(() => client.retryAnswer(id, answerId)), [id, run]);
  const ranking = comparison?.ranking;
  const places = useMemo(() => new Map(ranking?.places.map(({ answerId, place }) => [answerId, place])), [ranking]);
  const question = comparison ? questionOf(comparison) : '';
  useEffect(() => {
    document.title = question ? `${question.slice(0, 60)} · Polyphony` : 'Polyphony';
  }, [question]);
  const status = comparison?.status;
  useEffect(() => {
    if (status) announceRecentChange();
  }, [status]);
  useEffect(() => {
    document.getElementById('main')?.focus({ preventScroll: true });
  }, []);

  if (problem)
    return (
      <div className="sheet" role="alert">
        <p>{problem}</p>
        <a className="button" href="/" onClick={followLink}>
          Ask a question
        </a>
      </div>
    );
  if (!comparison) return <ConnectionBanner connection={connection} />;
  return (
    <div className="comparison">
      <ConnectionBanner connection={connection} />
      <div className="question">
        <h1>{question}</h1>
        <div className="question-bar">
          <p className="progress" role="status">
            <span className={isOpen(comparison.status) ? 'dot live' : `dot is-${comparison.status}`} aria-hidden="true" />
            {progressOf(comparison)}
          </p>
          <ComparisonActions comparison={comparison} run={run} />
        </div>
      </div>
      {refusal && (
        <p className="notice bad" role="alert">
          {refusal}
        </p>
      )}
      <DegradedNotice comparison={comparison} />
      <Verdict comparison={comparison} />
      <section className={`grid of-${Math.min(4, comparison.answers.length)}`} aria-label="Answers">
        {comparison.answers.map((answer) => (
          <AnswerCard
            key={answer.id}
            answer={answer}
            label={comparison.panel[answer.slot]?.label}
            place={places.get(answer.id)}
            onStop={stop}
            onRetry={retry}
          />
        ))}
      </section>
      <ResultPanel comparison={comparison} />
    </div>
  );
}
