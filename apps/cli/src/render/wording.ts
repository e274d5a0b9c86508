import type { Answer, Comparison, Ranking } from '@polyphony/contracts';

/** A name per answer, by slot label or model, told apart where a model was asked twice. */
export function answerNames(comparison: Comparison): Map<string, string> {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  for (const answer of comparison.answers) {
    const name = comparison.panel[answer.slot]?.label ?? modelName(answer.model);
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    names.set(answer.id, count === 1 ? name : `${name} #${count}`);
  }
  return names;
}

/** The model's own name, without its provider. */
export function modelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}

/** Money as the server gave it; what is not known is said to be unknown. */
export function money(usd: string | null, basis: 'exact' | 'estimated' | 'unknown' | 'partial'): string {
  if (usd === null) return 'unknown';
  if (basis === 'estimated') return `about $${usd}`;
  return basis === 'partial' ? `at least $${usd}` : `$${usd}`;
}

/** How an answer stands, in a few words. */
export function standing(answer: Answer): string {
  switch (answer.status) {
    case 'queued':
      return answer.attempts.length ? 'starts over' : 'waiting';
    case 'streaming':
      return 'writing';
    case 'completed':
      return [completion(answer), rate(answer), answer.late ? 'late' : ''].filter(Boolean).join(', ');
    case 'failed':
      return `failed: ${answer.error?.message ?? 'no reason given'}`;
    case 'cancelled':
      return 'stopped';
    case 'expired':
      return 'not finished in time';
  }
}

function completion({ finishReason }: Answer): string {
  if (finishReason === 'length') return 'cut off at its length limit';
  if (finishReason === 'refusal') return 'declined to answer';
  if (finishReason === 'contentFilter') return 'stopped by a content filter';
  return 'done';
}

function rate({ timing, usage }: Answer): string {
  const seconds = timing.totalMs === null ? '' : `${(timing.totalMs / 1000).toFixed(1)} s`;
  const outputTokens = usage?.outputTokens ?? null;
  const tokens = outputTokens === null ? '' : `${outputTokens} tokens`;
  return [tokens, seconds].filter(Boolean).join(' in ');
}

/** The outcome of a ranking with how far to trust it. */
export function outcome({ outcome: value, confidence }: Ranking): string {
  const percent = `${Math.round(confidence * 100)} % confidence`;
  switch (value) {
    case 'clear':
      return `a clear winner (${percent})`;
    case 'likely':
      return `a likely winner (${percent})`;
    case 'tossUp':
      return `a toss-up between the first places (${percent})`;
    case 'contested':
      return `contested: the judges disagree (${percent})`;
    case 'unranked':
      return 'not ranked';
  }
}
