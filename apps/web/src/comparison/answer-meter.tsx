import type { Answer } from '@polyphony/client';
import { money, seconds } from '../wording.js';
import { LiveMeter } from './live-meter.js';

/** How fast an answer is being written, or what it took and cost. */
export function AnswerMeter({ answer }: { answer: Answer }) {
  if (answer.status === 'streaming') return <LiveMeter text={answer.text} startedAt={answer.attempts.at(-1)?.startedAt} />;
  if (answer.status === 'queued') return null;
  const { timing, usage, cost } = answer;
  const facts = [
    timing.totalMs === null ? undefined : seconds(timing.totalMs),
    timing.tokensPerSecond === null ? undefined : `${Math.round(timing.tokensPerSecond)} tokens/s`,
    cost.usd === null ? 'cost unknown' : money(cost.usd, cost.basis),
  ];
  const tokens = usage === null || usage.outputTokens === null ? undefined : `${usage.outputTokens} tokens`;
  return (
    <span className="meter" title={tokens}>
      {facts.filter((fact) => fact !== undefined).join(' · ')}
    </span>
  );
}
