import type { Answer } from '@polyphony/client';
import { memo, useState } from 'react';
import { Markdown } from '../markdown/markdown.js';
import { isWriting, letter, modelName, providerName, standing } from '../wording.js';
import { AnswerMeter } from './answer-meter.js';
import { AnswerSummaryView } from './answer-summary.js';
import { CopyButton } from './copy-button.js';
import { useStickyScroll } from './use-sticky-scroll.js';

interface AnswerCardProps {
  answer: Answer;
  label: string | undefined;
  place: number | undefined;
  onStop: (answerId: string) => void;
  onRetry: (answerId: string) => void;
}

/** One answer: who, how it stands, its text as it grows, and what can be done about it. */
export const AnswerCard = memo(function AnswerCard({ answer, label, place, onStop, onRetry }: AnswerCardProps) {
  const [isExpanded, setExpanded] = useState(false);
  const writing = isWriting(answer.status);
  const scroll = useStickyScroll<HTMLDivElement>(answer.text, writing);
  const name = label ?? modelName(answer.model);
  const titleId = `answer-${answer.id}`;
  return (
    <article
      className={`card voice-${answer.slot % 8} is-${answer.status}${isExpanded ? ' expanded' : ''}`}
      aria-labelledby={titleId}
    >
      <header>
        <span className="letter" aria-hidden="true">
          {letter(answer.slot)}
        </span>
        <div className="card-title">
          <h3 id={titleId}>{name}</h3>
          <span className="hint">{providerName(answer.model)}</span>
        </div>
        {place !== undefined && (
          <span className={`place place-${Math.min(place, 4)}`} title={`Place ${place}`}>
            <span className="visually-hidden">Place </span>
            {place}
          </span>
        )}
      </header>
      <div className="card-status">
        <span className={`status is-${answer.status}`} role="status">
          {standing(answer)}
          {writing && answer.attempt > 1 ? `, attempt ${answer.attempt}` : ''}
        </span>
        <AnswerMeter answer={answer} />
      </div>
      {answer.servedBy && answer.servedBy !== answer.model && (
        <p className="notice warn">Answered by {answer.servedBy}, which stepped in.</p>
      )}
      {answer.error && answer.status !== 'cancelled' && <p className="notice bad">{answer.error.message}</p>}
      <div
        className="card-text"
        ref={scroll.ref}
        onScroll={scroll.onScroll}
        tabIndex={0}
        role="region"
        aria-label={`Answer ${letter(answer.slot)}`}
      >
        {answer.text ? <Markdown text={answer.text} /> : writing && <Waiting />}
      </div>
      {answer.summary && <AnswerSummaryView summary={answer.summary} />}
      <footer>
        {writing ? (
          <button type="button" className="button quiet small" onClick={() => onStop(answer.id)} aria-label={`Stop ${name}`}>
            Stop
          </button>
        ) : (
          <button
            type="button"
            className="button quiet small"
            onClick={() => onRetry(answer.id)}
            aria-label={`Ask ${name} again`}
          >
            Retry
          </button>
        )}
        <CopyButton text={answer.text} what={`the answer of ${name}`} />
        <button
          type="button"
          className="button quiet small push"
          aria-pressed={isExpanded}
          onClick={() => setExpanded(!isExpanded)}
        >
          {isExpanded ? 'Collapse' : 'Expand'}
        </button>
      </footer>
    </article>
  );
});

function Waiting() {
  return (
    <div className="waiting" aria-hidden="true">
      <span />
      <span />
      <span />
    </div>
  );
}
