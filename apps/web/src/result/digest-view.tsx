import type { Answer, Summary } from '@polyphony/client';
import { memo } from 'react';
import { VoiceTag } from './voice-tag.js';

interface DigestViewProps {
  summary: Summary;
  answers: Answer[];
}

/** All answers together: what they share, where they differ, what only one says, what none says. */
export const DigestView = memo(function DigestView({ summary, answers }: DigestViewProps) {
  return (
    <section className="sheet digest" aria-labelledby="digest-title">
      <h2 id="digest-title">All together {summary.basis === 'extractive' && <span className="tag">extract</span>}</h2>
      <p className="lead">{summary.text}</p>
      {summary.keyPoints.length > 0 && (
        <ul className="key-points">
          {summary.keyPoints.map((point, index) => (
            <li key={index}>{point}</li>
          ))}
        </ul>
      )}
      <div className="points">
        <Points title="They agree" points={summary.consensus} answers={answers} />
        <Points title="They contradict each other" points={summary.contradictions} answers={answers} />
        <Points title="Only one says" points={summary.uniqueInsights} answers={answers} />
        <Points title="Nobody says" points={summary.blindSpots.map((text) => ({ text, answerIds: [] }))} answers={answers} />
      </div>
    </section>
  );
});

interface PointsProps {
  title: string;
  points: Summary['consensus'];
  answers: Answer[];
}

function Points({ title, points, answers }: PointsProps) {
  if (points.length === 0) return null;
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {points.map((point, index) => (
          <li key={index}>
            {point.text}{' '}
            <span className="voices">
              {point.answerIds.map((id) => (
                <VoiceTag key={id} answer={answers.find((answer) => answer.id === id)} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
