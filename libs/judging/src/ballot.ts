import { z } from 'zod';
import { parseJsonReply } from './json-reply.js';
import { limitWords } from './word-limits.js';

/** What a judge may hold against an answer. */
export const ballotFlags = ['refusal', 'truncated', 'off_topic', 'factual_error', 'unsafe', 'judge_directed_text'] as const;
export type BallotFlag = (typeof ballotFlags)[number];

/** One valid reply of a judge, by answer id. Plain data, fit to be stored. */
export interface Ballot {
  criterion: string;
  candidates: { answerId: string; analysis: string; score: number; flags: BallotFlag[] }[];
  /** An abstaining judge has no candidates and no weight. */
  abstain: boolean;
  /** The short ids of the call, as the judge's texts may name them. */
  idOf: Record<string, string>;
  /** What was put right while reading, in words. */
  notes: string[];
}

const flag = z.array(z.string()).transform((flags) => ballotFlags.filter((known) => flags.includes(known)));
const reply = z.object({
  nonce: z.string(),
  criterion: z.string(),
  candidates: z.array(z.object({ id: z.string(), analysis: z.string(), score: z.number().int().min(0).max(100), flags: flag })),
  ranking: z.array(z.array(z.string())),
  abstain: z.boolean(),
});
const abstention = z.object({ nonce: z.string(), abstain: z.literal(true) });

/**
 * Reads one reply of a judge. Valid only with the nonce of its call and every short id exactly once; unknown members and
 * flags are dropped, texts cut to their word limits. Where the ranking contradicts the scores, the scores count.
 */
export function parseBallot(
  text: string,
  { nonce, ids }: { nonce: string; ids: Record<string, string> },
): { ok: true; ballot: Ballot } | { ok: false; reason: string } {
  const parsed = parseJsonReply(text, z.union([abstention, reply]));
  if (!parsed.ok) return detailed(text);
  const { value } = parsed;
  if (value.nonce !== nonce) return { ok: false, reason: 'nonce: must be the nonce of the first line' };
  if (!('candidates' in value))
    return { ok: true, ballot: { criterion: '', candidates: [], abstain: true, idOf: ids, notes: [] } };

  const found = value.candidates.map((candidate) => candidate.id);
  const problem = problemOfIds('candidates', found, ids) ?? problemOfIds('ranking', value.ranking.flat(), ids);
  if (problem) return { ok: false, reason: problem };
  const missing = Object.keys(ids).filter((id) => !found.includes(id));
  if (missing.length > 0) return { ok: false, reason: `candidates: ${missing.join(', ')} missing` };

  const candidates = value.candidates.map(({ id, analysis, score, flags }) => ({
    answerId: ids[id]!,
    analysis: limitWords(analysis, 40),
    score,
    flags,
  }));
  const scoreOf = new Map(value.candidates.map((candidate) => [candidate.id, candidate.score]));
  const notes = contradicts(value.ranking, scoreOf) ? ['the ranking contradicts the scores; the scores count'] : [];
  return { ok: true, ballot: { criterion: limitWords(value.criterion, 25), candidates, abstain: false, idOf: ids, notes } };
}

/** The union's own message says nothing a judge could act on; that of the full schema does. */
function detailed(text: string): { ok: false; reason: string } {
  const parsed = parseJsonReply(text, reply);
  return parsed.ok ? { ok: false, reason: 'the reply is not a ballot' } : parsed;
}

function problemOfIds(where: string, found: string[], ids: Record<string, string>): string | null {
  const unknown = found.find((id) => !Object.hasOwn(ids, id));
  if (unknown !== undefined) return `${where}: an id that is not among the answers`;
  const twice = found.find((id, index) => found.indexOf(id) !== index);
  return twice === undefined ? null : `${where}: ${twice} given twice`;
}

function contradicts(ranking: string[][], scoreOf: Map<string, number>): boolean {
  const groups = ranking.filter((group) => group.length > 0).map((group) => group.map((id) => scoreOf.get(id)!));
  return (
    groups.flat().length !== scoreOf.size ||
    groups.some((group) => new Set(group).size > 1) ||
    groups.some((group, index) => index > 0 && group[0]! >= groups[index - 1]![0]!)
  );
}
