import type { Comparison } from '@polyphony/client';
import { modelName, money } from '../wording.js';
import { VoiceTag } from './voice-tag.js';

/** What each answer and the whole cost; what is not known is called unknown. */
export function CostView({ comparison }: { comparison: Comparison }) {
  const { cost, answers } = comparison;
  return (
    <section className="sheet cost" aria-labelledby="cost-title">
      <h2 id="cost-title">Cost</h2>
      <table>
        <tbody>
          {answers.map((answer) => (
            <tr key={answer.id}>
              <th scope="row">
                <VoiceTag answer={answer} /> {modelName(answer.servedBy ?? answer.model)}
              </th>
              <td>{money(answer.cost.usd, answer.cost.basis)}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">Summaries, ranking, synthesis</th>
            <td>{money(cost.assessmentUsd, cost.basis)}</td>
          </tr>
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>{money(cost.totalUsd, cost.basis)}</td>
          </tr>
        </tfoot>
      </table>
      {cost.basis === 'partial' && <p className="hint">Some calls did not say what they cost; they are not in the sums.</p>}
      {cost.basis === 'estimated' && <p className="hint">Estimated from token counts where a provider reported none.</p>}
    </section>
  );
}
