import type { Model } from '@polyphony/contracts';

/** Up to `count` models to ask when none are named: as many providers as there are, in turn, and none known to be down. */
export function chooseModels(models: Model[], count = 4): string[] {
  const usable = models.filter((model) => model.health !== 'down');
  const byProvider = new Map<string, Model[]>();
  for (const model of usable.length ? usable : models) {
    const sameProvider = byProvider.get(model.provider);
    if (sameProvider) sameProvider.push(model);
    else byProvider.set(model.provider, [model]);
  }
  const queues = [...byProvider.values()].sort((a, b) => Number(isSimulated(a)) - Number(isSimulated(b)));
  const longest = Math.max(0, ...queues.map((queue) => queue.length));
  const inTurn = Array.from({ length: longest }, (_, round) => queues.flatMap((queue) => queue[round]?.id ?? []));
  return inTurn.flat().slice(0, count);
}

function isSimulated(models: Model[]): boolean {
  return models.every((model) => model.simulated);
}
