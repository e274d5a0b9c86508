import type { Model } from '@polyphony/client';

export const maxPanel = 16;

/** The models grouped by provider, as they came, where `filter` matches id or name. */
export function groupByProvider(models: Model[], filter = ''): { provider: string; models: Model[] }[] {
  const wanted = filter.trim().toLowerCase();
  const groups = new Map<string, Model[]>();
  for (const model of models) {
    if (wanted && !`${model.id} ${model.name}`.toLowerCase().includes(wanted)) continue;
    const group = groups.get(model.provider);
    if (group) group.push(model);
    else groups.set(model.provider, [model]);
  }
  return [...groups].map(([provider, grouped]) => ({ provider, models: grouped }));
}

/** How often the panel holds the model. */
export function timesAsked(panel: string[], model: string): number {
  return panel.filter((asked) => asked === model).length;
}

/** The panel with one more place for the model, beside those it has. */
export function withOneMore(panel: string[], model: string, limit = maxPanel): string[] {
  if (panel.length >= limit) return panel;
  const last = panel.lastIndexOf(model);
  return last < 0 ? [...panel, model] : panel.toSpliced(last + 1, 0, model);
}

/** The panel without the last place of the model. */
export function withOneLess(panel: string[], model: string): string[] {
  const last = panel.lastIndexOf(model);
  return last < 0 ? panel : panel.toSpliced(last, 1);
}

/** What of a remembered choice can still be asked. */
export function stillThere(panel: string[], models: Model[]): string[] {
  const ids = new Set(models.map((model) => model.id));
  return panel.filter((model) => ids.has(model)).slice(0, maxPanel);
}
