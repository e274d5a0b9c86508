import { z } from 'zod';
import { Cost, Usage } from './answer.js';
import { Id, ModelId, Timestamp } from './identifiers.js';

const answerPoints = z.array(z.object({ text: z.string(), answerIds: z.array(Id) }));

/** The combined digest of all answers: at most 50 words of text and 20 of reasoning, and who says what. */
export const Summary = z.object({
  text: z.string(),
  reasoning: z.string(),
  keyPoints: z.array(z.string()),
  consensus: answerPoints,
  contradictions: answerPoints,
  uniqueInsights: answerPoints,
  blindSpots: z.array(z.string()),
  basis: z.enum(['model', 'extractive']),
  answerIds: z.array(Id),
});
export type Summary = z.infer<typeof Summary>;

export const RankingOutcome = z.enum(['clear', 'likely', 'tossUp', 'contested', 'unranked']);
export type RankingOutcome = z.infer<typeof RankingOutcome>;

/** A judge as the ranking discloses it. `orderConsistency` (0..1) is how often both orders gave the same verdict. */
export const JudgeReport = z.object({
  model: ModelId,
  weight: z.number(),
  ballots: z.number().int(),
  invalidBallots: z.number().int(),
  orderConsistency: z.number().nullable(),
});
export type JudgeReport = z.infer<typeof JudgeReport>;

/** The judges' verdict over the answers named in `answerIds`, and how far to trust it. Ties share a place. */
export const Ranking = z.object({
  version: z.number().int(),
  mode: z.enum(['panel', 'thorough', 'unranked']),
  outcome: RankingOutcome,
  places: z.array(
    z.object({ answerId: Id, place: z.number().int(), score: z.number(), meanScore: z.number(), flags: z.array(z.string()) }),
  ),
  unranked: z.array(z.object({ answerId: Id, reason: z.string() })),
  confidence: z.number(),
  judges: z.array(JudgeReport),
  explanation: z.string(),
  answerIds: z.array(Id),
  createdAt: Timestamp,
});
export type Ranking = z.infer<typeof Ranking>;

/** One answer written from the ranked answers named in `answerIds`. */
export const Synthesis = z.object({
  text: z.string(),
  model: ModelId,
  answerIds: z.array(Id),
  usage: Usage.nullable(),
  cost: Cost,
});
export type Synthesis = z.infer<typeof Synthesis>;

/** The steps that follow the answers. */
export const Step = z.enum(['summary', 'ranking', 'synthesis']);
export type Step = z.infer<typeof Step>;
