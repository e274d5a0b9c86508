import type { Model } from '@polyphony/client';
import { ModelPicker } from './model-picker.js';
import type { Choice } from './remembered.js';

const maxJudges = 7;

interface OptionsProps {
  models: Model[];
  choice: Choice;
  onChange: (change: Partial<Choice>) => void;
}

/** What happens with the answers, and what it may cost. */
export function Options({ models, choice, onChange }: OptionsProps) {
  return (
    <div className="options">
      <label className="check">
        <input type="checkbox" checked={choice.synthesis} onChange={(event) => onChange({ synthesis: event.target.checked })} />
        Write one answer from all
      </label>
      <label className="field">
        Ranking
        <select value={choice.ranking} onChange={(event) => onChange({ ranking: event.target.value as Choice['ranking'] })}>
          <option value="panel">By a panel of judges</option>
          <option value="thorough">Thorough, pair by pair</option>
          <option value="none">None</option>
        </select>
      </label>
      <label className="field">
        Spend at most $
        <input
          type="text"
          inputMode="decimal"
          pattern="\d{1,12}(\.\d{1,9})?"
          title="Dollars, such as 0.25"
          placeholder="no ceiling"
          value={choice.maxCostUsd}
          onChange={(event) => onChange({ maxCostUsd: event.target.value.trim() })}
        />
      </label>
      {choice.ranking !== 'none' && (
        <details className="judges">
          <summary>Judges: {choice.judges.length ? `${choice.judges.length} chosen` : 'of the panel, up to three'}</summary>
          <ModelPicker
            models={models}
            chosen={choice.judges}
            limit={maxJudges}
            repeats={false}
            onChange={(judges) => onChange({ judges })}
          />
        </details>
      )}
    </div>
  );
}
