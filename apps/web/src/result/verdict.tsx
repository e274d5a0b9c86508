import type { Comparison } from '@polyphony/client';
import { modelName, outcome, percent } from '../wording.js';
import { VoiceTag } from './voice-tag.js';

/** The ranking in one line, above the answers, with the way to its reasons. */
export function Verdict({ comparison }: { comparison: Comparison }) {
  const { ranking, answers } = comparison;
  if (!ranking) return null;
  const first = ranking.places
    .filter(({ place }) => place === 1)
    .map(({ answerId }) => answers.find(({ id }) => id === answerId));
  return (
    <p className="verdict">
      <strong>{outcome(ranking)}</strong>
      {ranking.outcome !== 'unranked' && (
        <>
          {first.map((answer) => (
            <span className="verdict-name" key={answer?.id}>
              <VoiceTag answer={answer} /> {answer && modelName(answer.model)}
            </span>
          ))}
          <span className="muted">{percent(ranking.confidence)} confidence</span>
        </>
      )}
      <a href="#result">See why</a>
    </p>
  );
}
