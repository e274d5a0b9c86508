import type { Answer, Ranking } from '@polyphony/client';
import { memo } from 'react';
import { modelName, outcome, percent } from '../wording.js';
import { VoiceTag } from './voice-tag.js';

interface RankingViewProps {
  ranking: Ranking;
  answers: Answer[];
}

/** Places with scores, how far to trust them and why, and who judged. */
export const RankingView = memo(function RankingView({ ranking, answers }: RankingViewProps) {
  const answerOf = (id: string) => answers.find((answer) => answer.id === id);
  const places = ranking.places.toSorted((a, b) => a.place - b.place);
  return (
    <section className="sheet ranking" aria-labelledby="ranking-title">
      <h2 id="ranking-title">Ranking</h2>
      <p className="outcome">
        {outcome(ranking)}
        {ranking.outcome !== 'unranked' && <span className="muted">, {percent(ranking.confidence)} confidence</span>}
      </p>
      <ol className="places">
        {places.map(({ answerId, place, score, meanScore, flags }) => {
          const answer = answerOf(answerId);
          return (
            <li key={answerId} className={`voice-${(answer?.slot ?? 0) % 8}`}>
              <span className={`place place-${Math.min(place, 4)}`}>{place}</span>
              <span className="place-name">
                <VoiceTag answer={answer} />
                <span className="ellipsis">{answer && modelName(answer.model)}</span>
                {flags.map((flag) => (
                  <span className="tag" key={flag}>
                    {flag}
                  </span>
                ))}
              </span>
              <span className="score" title={`Mean score ${Math.round(meanScore)} of 100`}>
                {score.toFixed(2)}
              </span>
              <span className="bar" aria-hidden="true">
                <span style={{ inlineSize: percent(Math.min(1, Math.max(0, score))).replace(' ', '') }} />
              </span>
            </li>
          );
        })}
      </ol>
      {ranking.unranked.map(({ answerId, reason }) => (
        <p key={answerId} className="hint unranked">
          <VoiceTag answer={answerOf(answerId)} /> not ranked: {reason}
        </p>
      ))}
      {ranking.explanation && <p>{ranking.explanation}</p>}
      {ranking.judges.length > 0 && <Judges judges={ranking.judges} />}
    </section>
  );
});

function Judges({ judges }: { judges: Ranking['judges'] }) {
  return (
    <details>
      <summary>
        Judged by {judges.length} {judges.length === 1 ? 'model' : 'models'}
      </summary>
      <div className="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">Judge</th>
              <th scope="col">Weight</th>
              <th scope="col">Valid ballots</th>
              <th scope="col">Same in both orders</th>
            </tr>
          </thead>
          <tbody>
            {judges.map((judge) => (
              <tr key={judge.model}>
                <th scope="row">{modelName(judge.model)}</th>
                <td>{judge.weight.toFixed(2)}</td>
                <td>
                  {judge.ballots - judge.invalidBallots} of {judge.ballots}
                </td>
                <td>{judge.orderConsistency === null ? 'not known' : percent(judge.orderConsistency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
