import type { Model } from '@polyphony/client';

interface ModelChipProps {
  model: Model;
  times: number;
  /** Whether the model may be chosen more than once. */
  repeats: boolean;
  isFull: boolean;
  onMore: () => void;
  onLess: () => void;
}

/** One model to choose; chosen, it can be given further places on the panel. */
export function ModelChip({ model, times, repeats, isFull, onMore, onLess }: ModelChipProps) {
  const isChosen = times > 0;
  return (
    <span className={isChosen ? 'chip chosen' : 'chip'}>
      <button
        type="button"
        className="chip-name"
        aria-pressed={isChosen}
        title={model.id}
        disabled={!isChosen && isFull}
        onClick={isChosen ? onLess : onMore}
      >
        {model.name}
        {model.simulated && <span className="tag">simulated</span>}
        {(model.health === 'down' || model.health === 'degraded') && <span className="tag warn">{model.health}</span>}
      </button>
      {isChosen && repeats && (
        <>
          {times > 1 && <span className="chip-times">×{times}</span>}
          <button
            type="button"
            className="chip-more"
            disabled={isFull}
            onClick={onMore}
            aria-label={`Ask ${model.name} once more`}
          >
            +
          </button>
        </>
      )}
    </span>
  );
}
