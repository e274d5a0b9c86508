import type { Answer, Comparison } from '@polyphony/contracts';

/** A comparison as a document for people: what is degraded first, then the result, then every answer in full. */
export function exportMarkdown(comparison: Comparison): string {
  const { ranking, summary, synthesis, cost } = comparison;
  const nameOf = (answerId: string) => {
    const answer = comparison.answers.find(({ id }) => id === answerId);
    return answer ? nameOfAnswer(comparison, answer) : answerId;
  };
  const lines: string[] = ['# Comparison', ''];
  if (comparison.degraded) lines.push('> **Degraded:**', ...comparison.degradedReasons.map((reason) => `> - ${reason}`), '');
  lines.push('## Question', '');
  if (comparison.prompt !== undefined) lines.push(comparison.prompt, '');
  for (const message of comparison.messages ?? []) lines.push(`**${message.role}:** ${message.content}`, '');
  if (ranking) {
    lines.push(
      '## Ranking',
      '',
      `${ranking.outcome}, confidence ${Math.round(ranking.confidence * 100)} %. ${ranking.explanation}`,
      '',
    );
    for (const place of ranking.places) lines.push(`${place.place}. ${nameOf(place.answerId)} (score ${place.score.toFixed(2)})`);
    for (const { answerId, reason } of ranking.unranked) lines.push(`- not ranked: ${nameOf(answerId)} (${reason})`);
    lines.push('');
  }
  if (summary) {
    lines.push('## Summary', '', summary.text, '');
    const points = (title: string, list: { text: string; answerIds: string[] }[]) => {
      if (list.length)
        lines.push(`**${title}**`, '', ...list.map((point) => `- ${point.text} (${point.answerIds.map(nameOf).join(', ')})`), '');
    };
    points('Consensus', summary.consensus);
    points('Contradictions', summary.contradictions);
    points('Unique insights', summary.uniqueInsights);
    if (summary.blindSpots.length) lines.push('**Blind spots**', '', ...summary.blindSpots.map((spot) => `- ${spot}`), '');
  }
  if (synthesis) lines.push(`## Synthesis by ${synthesis.model}`, '', synthesis.text, '');
  for (const answer of comparison.answers) {
    lines.push(`## ${nameOfAnswer(comparison, answer)}`, '', factsOf(answer), '', answer.text, '');
  }
  lines.push('## Cost', '', `${cost.totalUsd === null ? 'unknown' : `$${cost.totalUsd}`} (${cost.basis})`, '');
  return lines.join('\n');
}

function nameOfAnswer(comparison: Comparison, answer: Answer): string {
  const label = comparison.panel[answer.slot]?.label;
  const twice = comparison.answers.filter(({ model }) => model === answer.model).length > 1;
  return `${label ?? answer.model}${twice && !label ? ` (slot ${answer.slot + 1})` : ''}`;
}

function factsOf(answer: Answer): string {
  const facts: string[] = [answer.status];
  if (answer.late) facts.push('late');
  if (answer.servedBy && answer.servedBy !== answer.model) facts.push(`served by ${answer.servedBy}`);
  if (answer.finishReason && answer.finishReason !== 'stop') facts.push(`ended by ${answer.finishReason}`);
  if (answer.error) facts.push(answer.error.message);
  facts.push(
    answer.cost.usd === null ? 'cost unknown' : `$${answer.cost.usd}${answer.cost.basis === 'estimated' ? ' (estimated)' : ''}`,
  );
  return `*${facts.join(' · ')}*`;
}
