import type { Model } from '@polyphony/client';
import { useId, useState } from 'react';
import { ModelChip } from './model-chip.js';
import { groupByProvider, timesAsked, withOneLess, withOneMore } from './panel.js';

const shownPerProvider = 8;
const filterFrom = 13;

interface ModelPickerProps {
  models: Model[];
  chosen: string[];
  limit: number;
  repeats: boolean;
  onChange: (chosen: string[]) => void;
}

/** Chips of every model by provider; with many models, a filter, and the first few of each provider. */
export function ModelPicker({ models, chosen, limit, repeats, onChange }: ModelPickerProps) {
  const [filter, setFilter] = useState('');
  const [opened, setOpened] = useState<string[]>([]);
  const filterId = useId();
  const groups = groupByProvider(models, filter);
  return (
    <div className="picker">
      {models.length >= filterFrom && (
        <>
          <label className="visually-hidden" htmlFor={filterId}>
            Filter models
          </label>
          <input
            id={filterId}
            type="search"
            className="filter"
            placeholder={`Filter ${models.length} models`}
            value={filter}
            onChange={(event) => setFilter(event.target.value)}
          />
        </>
      )}
      {groups.length === 0 && <p className="hint">No model matches.</p>}
      {groups.map((group) => {
        const isOpened = opened.includes(group.provider);
        const shown = group.models.filter((model, index) => isOpened || index < shownPerProvider || chosen.includes(model.id));
        const hidden = group.models.length - shown.length;
        return (
          <div className="chip-group" role="group" aria-label={group.provider} key={group.provider}>
            <span className="chip-provider" aria-hidden="true">
              {group.provider}
            </span>
            <div className="chips">
              {shown.map((model) => (
                <ModelChip
                  key={model.id}
                  model={model}
                  times={timesAsked(chosen, model.id)}
                  repeats={repeats}
                  isFull={chosen.length >= limit}
                  onMore={() => onChange(withOneMore(chosen, model.id, limit))}
                  onLess={() => onChange(withOneLess(chosen, model.id))}
                />
              ))}
              {hidden > 0 && (
                <button type="button" className="button quiet small" onClick={() => setOpened([...opened, group.provider])}>
                  {hidden} more
                </button>
              )}
            </div>
          </div>
        );
      })}
    </div>
  );
}
