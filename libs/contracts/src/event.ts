import { z } from 'zod';
import { AnswerSummary, Cost, Failure, FinishReason, Timing, Usage } from './answer.js';
import { Ranking, Step, Summary, Synthesis } from './assessment.js';
import { ComparisonCost, ComparisonStatus } from './comparison.js';
import { Id, ModelId, Timestamp } from './identifiers.js';

const attempt = z.number().int();
const answerEnd = { answerId: Id, attempt, error: Failure.nullable() };
const terminal = { cost: ComparisonCost, degraded: z.boolean(), degradedReasons: z.array(z.string()) };

/**
 * What an event says, without its place in the log. Each member is one type; `answer.delta` texts of one attempt,
 * joined in seq order, are that answer's text, and `answer.retrying` tells clients to drop what they show of it.
 * `synthesis.delta` names the assessment's version and the attempt at it: a new pair starts the text anew.
 */
export const EventBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('comparison.status'), status: ComparisonStatus }),
  z.object({ type: z.literal('answer.started'), answerId: Id, slot: z.number().int(), attempt, model: ModelId }),
  z.object({ type: z.literal('answer.delta'), answerId: Id, attempt, text: z.string() }),
  z.object({ type: z.literal('answer.retrying'), answerId: Id, attempt, error: Failure }),
  z.object({
    type: z.literal('answer.completed'),
    answerId: Id,
    attempt,
    finishReason: FinishReason,
    usage: Usage.nullable(),
    cost: Cost,
    timing: Timing,
  }),
  z.object({ type: z.literal('answer.failed'), ...answerEnd }),
  z.object({ type: z.literal('answer.cancelled'), ...answerEnd }),
  z.object({ type: z.literal('answer.expired'), ...answerEnd }),
  z.object({ type: z.literal('answer.summarised'), answerId: Id, summary: AnswerSummary }),
  z.object({ type: z.literal('summary.completed'), summary: Summary }),
  z.object({ type: z.literal('ranking.completed'), ranking: Ranking }),
  z.object({ type: z.literal('synthesis.delta'), version: z.number().int(), attempt, text: z.string() }),
  z.object({ type: z.literal('synthesis.completed'), synthesis: Synthesis }),
  z.object({ type: z.literal('step.failed'), step: Step, error: Failure }),
  z.object({ type: z.literal('comparison.completed'), ...terminal }),
  z.object({ type: z.literal('comparison.failed'), ...terminal }),
  z.object({ type: z.literal('comparison.cancelled'), ...terminal }),
]);
export type EventBody = z.infer<typeof EventBody>;
export type EventType = EventBody['type'];

/** Where an event stands: `seq` starts at 1, has no holes and is the same for every client. */
export const EventPlace = z.object({ comparisonId: Id, seq: z.number().int().min(1), at: Timestamp });
export const ComparisonEvent = EventPlace.and(EventBody);
export type ComparisonEvent = z.infer<typeof EventPlace> & EventBody;

const terminalTypes: ReadonlySet<string> = new Set(['comparison.completed', 'comparison.failed', 'comparison.cancelled']);

/** Whether this event ends a comparison. Later work (late answers, retries) may append more and ends with another. */
export function isTerminal(event: { type: string }): boolean {
  return terminalTypes.has(event.type);
}
