import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { mean, quantile, sum } from './measure.mjs';

const backendTitles = { postgres: 'PostgreSQL alone', redis: 'PostgreSQL and Redis' };

/** What the figures were taken on, without anything that tells whose it is. */
export function machine() {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    sdks: { anthropic: versionOf('@anthropic-ai/sdk'), openai: versionOf('openai') },
    loadAtStart: Math.round(loadavg()[0] * 10) / 10,
  };
}

/** The results of every back end as Markdown tables. @param {Record<string, any>} runs */
export function tables(runs) {
  const sections = Object.entries(runs).flatMap(([kind, run]) => {
    const spent = cpuTable(run);
    return [
      `### ${backendTitles[kind]}`,
      resultTable(run),
      ...(spent ? ['Where the CPU goes, in ms per comparison:', spent] : []),
    ];
  });
  return sections.join('\n\n');
}

/** The page that is kept in the repository. */
export function document(host, runs) {
  const versions = Object.assign({}, ...Object.values(runs).map((run) => run.versions));
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const resubmitted = sum(Object.values(runs).map((run) => run.resubmitted));
  return `# Benchmarks

What Polyphony costs over the script one would write without it. \`npm run bench -- --write\` makes this page in one run of a few
minutes: start it on a machine that does nothing else.

Measured on ${new Date().toISOString().slice(0, 10)}: ${host.cores} cores (${host.processor}), ${host.memoryGiB} GiB of memory, load ${host.loadAtStart} at the start;
Node ${host.node}, ${names.join(', ')}, @anthropic-ai/sdk ${host.sdks.anthropic}, openai ${host.sdks.openai}.

## What is compared

- **One comparison** is four streamed answers: one over Anthropic Messages, one over OpenAI Responses, two over Chat Completions.
  The provider simulator answers them on the same machine; a token is one event on the wire.
- **Polyphony** is one API and two worker processes with the embedded PostgreSQL as \`npm start\` runs it (fsync on) and, in the
  second table, a Redis with its append-only file on. It is asked and watched over Socket.IO. Every token is in the database
  before a client sees it. Assessment is off unless a row says otherwise.
- **The SDK script** makes the same four calls with the official SDKs in a plain \`Promise.all\`, in one process, and keeps nothing.
- Both run in turn, A B A B …, against the same simulator. Every answer of either is compared byte for byte with what its
  model said; one difference voids the run.

## Results

${tables(runs)}

## How to read it

- **First token**: from submitting, on a connected socket, to the first \`answer.delta\` of each answer, one comparison at a time.
  It holds the transaction that stores the comparison, the queue, the claim, the call, the log and the socket. The script's is the call alone.
- **Comparisons per second** of paced streams has a ceiling: 200 tokens at 50 a second take 3.98 seconds, so 25 comparisons at a
  time can make 6.28 a second, and 100 can make 25.1. What is missing to it is what was added. Lanes begin spread over four seconds.
- **Tokens per CPU-second** counts user and system time of every process of a side: API, workers, PostgreSQL with its children and
  Redis on ours, the script on the other. The simulator and the benchmark's own client are in neither; the second table shows them apart.
- The simulator and the client share the cores with both sides. Rates that fill the machine are therefore lower than on
  separate machines, for both; CPU per token hardly changes.
- Figures move by some percent from run to run, more at p99. Ratios, taken in turn in one run, move less than the figures.${
    resubmitted > 0
      ? `\n- ${resubmitted} submissions were refused for the moment (429 or 503) and made again; the time that took is in the figures.`
      : ''
  }
`;
}

function resultTable({ results }) {
  const rows = Object.entries(results).flatMap(([name, { ours, theirs }]) => rowsOf[name](ours, theirs));
  return table(['', 'Polyphony', 'SDK script', 'Polyphony ÷ script'], rows);
}

const rowsOf = {
  firstToken: (ours, theirs) => [firstTokenRow('p50', 0.5, ours, theirs), firstTokenRow('p99', 0.99, ours, theirs)],
  paced100: (ours, theirs) => pacedRows('100 streams', ours, theirs),
  paced400: (ours, theirs) => pacedRows('400 streams', ours, theirs),
  unpaced200: (ours, theirs) => unpacedRows('200-token answers', ours, theirs),
  unpaced1000: (ours, theirs) => unpacedRows('1,000-token answers', ours, theirs),
  instant: (ours) => [rateRow('Comparisons per second, one-token answers', ours)],
  assessed: (ours) => [rateRow('Comparisons per second, 200-token answers, summarised and ranked by a panel', ours)],
};

function firstTokenRow(label, share, ours, theirs) {
  const [own, other] = [ours, theirs].map(({ firstMs }) => quantile(firstMs, share));
  return [`First token, ${label}`, `${own.toFixed(1)} ms`, `${other.toFixed(1)} ms`, `+${(own - other).toFixed(1)} ms`];
}

function pacedRows(what, ours, theirs) {
  return [
    rateRow(`Comparisons per second, ${what} at 50 tokens/s`, ours, theirs),
    tokensRow(`Tokens per CPU-second, ${what} at 50 tokens/s`, ours, theirs),
  ];
}

function unpacedRows(what, ours, theirs) {
  return [
    tokensRow(`Tokens per CPU-second, ${what}, unpaced`, ours, theirs),
    rateRow(`Comparisons per second, ${what}, unpaced`, ours, theirs),
  ];
}

function rateRow(label, ours, theirs) {
  return ratioRow(label, mean(ours.perSecond), theirs && mean(theirs.perSecond));
}

function tokensRow(label, ours, theirs) {
  const [own, other] = [ours, theirs].map(({ tokens, cpu }) => tokens / sum(Object.values(cpu)));
  return ratioRow(label, own, other);
}

function ratioRow(label, own, other) {
  if (other === undefined) return [label, number(own), '', ''];
  return [label, number(own), number(other), (own / other).toFixed(2)];
}

function cpuTable({ results }) {
  const entries = Object.entries(results).filter(([name]) => name !== 'firstToken');
  if (entries.length === 0) return undefined;
  const parts = [...new Set(entries.flatMap(([, { ours }]) => Object.keys(ours.cpu)))];
  const rows = entries.map(([name, { ours, theirs }]) => [
    name,
    ...parts.map((part) => perComparison(ours, ours.cpu[part])),
    perComparison(ours, sum(Object.values(ours.cpu))),
    theirs ? perComparison(theirs, sum(Object.values(theirs.cpu))) : '',
    perComparison(ours, ours.surroundings.simulator),
    perComparison(ours, ours.surroundings.client),
  ]);
  return table(['', ...parts, 'Polyphony in all', 'SDK script', '(simulator)', '(watching client)'], rows);
}

function perComparison({ comparisons }, seconds) {
  return ((seconds * 1000) / comparisons).toFixed(1);
}

function number(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value < 10 ? 2 : 1);
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, place) => (place === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}
