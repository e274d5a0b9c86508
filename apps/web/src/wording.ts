import type { Answer, Comparison, Ranking } from '@polyphony/client';

/** Money as the server gave it, at a readable precision; what is not known is said to be unknown. */
export function money(usd: string | null, basis: 'exact' | 'estimated' | 'unknown' | 'partial'): string {
  if (usd === null) return 'unknown';
  const amount = `$${shortened(usd)}`;
  if (basis === 'estimated') return `≈ ${amount}`;
  return basis === 'partial' ? `at least ${amount}` : amount;
}

/** Two decimals, or for small amounts as many as show three digits that matter. */
function shortened(usd: string): string {
  const [whole = '0', decimals = ''] = usd.split('.');
  const leadingZeros = /^0*/.exec(decimals)?.[0].length ?? 0;
  const places = whole === '0' && leadingZeros < decimals.length ? Math.max(2, leadingZeros + 3) : 2;
  const kept = decimals.slice(0, places).replace(/0+$/, '');
  return kept.length > 2 ? `${whole}.${kept}` : `${whole}.${kept.padEnd(2, '0')}`;
}

export function seconds(ms: number): string {
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** When something was, seen from `now` (milliseconds since the epoch). */
export function ago(at: string, now: number): string {
  const minutes = Math.round((now - Date.parse(at)) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  return new Date(at).toLocaleDateString();
}

/** A, B, C … by which the result names the answers. */
export function letter(slot: number): string {
  return String.fromCharCode(65 + slot);
}

/** The model's own name, without its provider. */
export function modelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}

export function providerName(model: string): string {
  return model.slice(0, Math.max(0, model.indexOf('/')));
}

/** The question of a comparison; of a conversation, its last. */
export function questionOf(comparison: Pick<Comparison, 'prompt' | 'messages'>): string {
  return comparison.prompt ?? comparison.messages?.at(-1)?.content ?? '';
}

export function isOpen(status: Comparison['status']): boolean {
  return status === 'queued' || status === 'answering' || status === 'assessing';
}

export function isWriting(status: Answer['status']): boolean {
  return status === 'queued' || status === 'streaming';
}

/** How an answer stands, in a word or two. */
export function standing(answer: Pick<Answer, 'status' | 'finishReason' | 'late' | 'attempts'>): string {
  switch (answer.status) {
    case 'queued':
      return answer.attempts.length ? 'Starting over' : 'Waiting';
    case 'streaming':
      return 'Writing';
    case 'completed':
      return completion(answer) + (answer.late ? ', late' : '');
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Stopped';
    case 'expired':
      return 'Out of time';
  }
}

function completion({ finishReason }: Pick<Answer, 'finishReason'>): string {
  if (finishReason === 'length') return 'Cut off at its limit';
  if (finishReason === 'refusal') return 'Declined';
  if (finishReason === 'contentFilter') return 'Filtered';
  return 'Done';
}

export function progressOf(comparison: Pick<Comparison, 'status' | 'answers'>): string {
  const { answers, status } = comparison;
  const over = answers.filter((answer) => !isWriting(answer.status)).length;
  switch (status) {
    case 'queued':
      return 'Waiting to start';
    case 'answering':
      return `${over} of ${answers.length} answers are in`;
    case 'assessing':
      return 'Reading and ranking the answers';
    case 'completed':
      return 'Completed';
    case 'failed':
      return 'Failed';
    case 'cancelled':
      return 'Cancelled';
  }
}

/** The outcome of a ranking as a sentence. */
export function outcome({ outcome: value }: Pick<Ranking, 'outcome'>): string {
  switch (value) {
    case 'clear':
      return 'A clear winner';
    case 'likely':
      return 'A likely winner';
    case 'tossUp':
      return 'A toss-up between the first places';
    case 'contested':
      return 'Contested: the judges disagree';
    case 'unranked':
      return 'Not ranked';
  }
}
