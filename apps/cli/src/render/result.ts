import type { Comparison, Ranking, Summary } from '@polyphony/contracts';
import type { Paint } from './paint.js';
import { printable, wrap } from './text-width.js';
import { answerNames, modelName, money, outcome } from './wording.js';

type Names = Map<string, string>;

/** The result in words, as rows of at most `width` cells: what is degraded first, then ranking, summaries, digest, synthesis, cost. */
export function renderResult(comparison: Comparison, width: number, paint: Paint): string[] {
  const names = answerNames(comparison);
  const sections = [
    degradation(comparison, paint),
    comparison.ranking ? ranking(comparison.ranking, names, paint) : [],
    answerSummaries(comparison, names, paint),
    comparison.summary ? digest(comparison.summary, names, paint) : [],
    comparison.synthesis ? synthesis(comparison, paint) : [],
    costs(comparison, names, paint),
  ];
  const rows = sections.filter((section) => section.length).flatMap((section) => ['', ...section]);
  return rows.flatMap((row) => wrapIndented(row, width));
}

function degradation(comparison: Comparison, paint: Paint): string[] {
  const said = comparison.degradedReasons.map((reason) => paint.warn(`! ${printable(reason)}`));
  if (comparison.status === 'failed') return [paint.warn('! The comparison failed: no answer was completed.'), ...said];
  if (comparison.status === 'cancelled') return [paint.warn('! The comparison was cancelled. This is what there was.'), ...said];
  if (comparison.degraded && said.length === 0) return [paint.warn('! The result lacks something it was asked for.')];
  return said;
}

function ranking(value: Ranking, names: Names, paint: Paint): string[] {
  const longest = Math.max(0, ...value.places.map(({ answerId }) => (names.get(answerId) ?? '').length));
  const places = [...value.places]
    .sort((a, b) => a.place - b.place)
    .map(({ answerId, place, score, flags }) => {
      const name = (names.get(answerId) ?? answerId).padEnd(longest);
      return `${String(place).padStart(3)}. ${name}  ${score.toFixed(2)} ${bar(score)}${flags.length ? `  ${flags.join(', ')}` : ''}`;
    });
  const unranked = value.unranked.map(({ answerId, reason }) => `  -  ${names.get(answerId) ?? answerId}: ${printable(reason)}`);
  const judges = value.judges.map(
    (judge) =>
      `${modelName(judge.model)} (weight ${judge.weight.toFixed(2)}, ${judge.ballots - judge.invalidBallots} of ${judge.ballots} ballots valid)`,
  );
  return [
    heading(`Ranking: ${outcome(value)}`, paint),
    ...places,
    ...unranked,
    ...(value.explanation ? [printable(value.explanation)] : []),
    ...(judges.length ? [paint.dim(`Judged by ${judges.join(', ')}.`)] : []),
  ];
}

function bar(score: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, score)) * 20);
  return '█'.repeat(filled) + '░'.repeat(20 - filled);
}

function answerSummaries(comparison: Comparison, names: Names, paint: Paint): string[] {
  const rows = comparison.answers.flatMap(({ id, summary }, index) => {
    if (!summary) return [];
    const extract = summary.basis === 'extractive' ? paint.dim(' (extract)') : '';
    return [
      `${paint.voice(index, names.get(id) ?? id)}${extract}: ${printable(summary.text)}`,
      ...summary.keyPoints.map((point) => `  - ${printable(point)}`),
    ];
  });
  return rows.length ? [heading('Each in short', paint), ...rows] : [];
}

function digest(summary: Summary, names: Names, paint: Paint): string[] {
  const who = (ids: string[]) => ids.map((id) => names.get(id) ?? id).join(', ');
  const points = (title: string, list: Summary['consensus']) =>
    list.length
      ? [`${title}:`, ...list.map(({ text, answerIds }) => `  - ${printable(text)} ${paint.dim(`(${who(answerIds)})`)}`)]
      : [];
  return [
    heading('All together', paint),
    printable(summary.text),
    ...points('They agree', summary.consensus),
    ...points('They contradict each other', summary.contradictions),
    ...points('Only one says', summary.uniqueInsights),
    ...(summary.blindSpots.length ? ['Nobody says:', ...summary.blindSpots.map((spot) => `  - ${printable(spot)}`)] : []),
  ];
}

function synthesis({ synthesis: value }: Comparison, paint: Paint): string[] {
  if (!value) return [];
  const by = value.model ? `, written by ${modelName(value.model)}` : '';
  return [heading(`One answer from all${by}`, paint), ...printable(value.text).trimEnd().split('\n')];
}

function costs(comparison: Comparison, names: Names, paint: Paint): string[] {
  const { cost } = comparison;
  const known = cost.basis === 'partial' ? 'partial' : cost.basis;
  const perAnswer = comparison.answers.map(
    (answer) => `${names.get(answer.id) ?? answer.model} ${money(answer.cost.usd, answer.cost.basis)}`,
  );
  return [
    `${paint.bold('Cost:')} ${money(cost.totalUsd, known)} (answers ${money(cost.answersUsd, known)}, assessment ${money(cost.assessmentUsd, known)})`,
    paint.dim(perAnswer.join(' · ')),
  ];
}

function heading(text: string, paint: Paint): string {
  return paint.bold(text);
}

/** Wraps by what is visible and indents what follows; of colours, only one around the whole row outlasts wrapping. */
function wrapIndented(row: string, width: number): string[] {
  // oxlint-disable-next-line no-control-regex -- our own colour codes are what is looked for
  const visible = row.replace(/\u001b\[\d+m/g, '');
  const indent = /^(\s*(?:- |! |\d+\. )?)/.exec(visible)?.[0].length ?? 0;
  const [first, ...rest] = wrap(visible, width);
  if (rest.length === 0) return [row];
  const tail = wrap(visible.slice((first ?? '').length).trimStart(), Math.max(10, width - indent));
  // oxlint-disable-next-line no-control-regex -- the same
  const [, open = '', close = ''] = /^(\u001b\[\d+m)[^\u001b]*(\u001b\[\d+m)$/.exec(row) ?? [];
  return [first ?? '', ...tail.map((line) => ' '.repeat(indent) + line)].map((line) => open + line + close);
}
