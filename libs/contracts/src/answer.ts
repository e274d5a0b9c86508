import { z } from 'zod';
import { Id, ModelId, Money, Timestamp } from './identifiers.js';

export const answerStatuses = ['queued', 'streaming', 'completed', 'failed', 'cancelled', 'expired'] as const;
export const AnswerStatus = z.enum(answerStatuses);
export type AnswerStatus = z.infer<typeof AnswerStatus>;

/** Why the model stopped, in one vocabulary for every provider. */
export const FinishReason = z.enum(['stop', 'length', 'refusal', 'contentFilter', 'toolUse', 'unknown']);
export type FinishReason = z.infer<typeof FinishReason>;

/**
 * Tokens of one call, with one meaning for every provider: `inputTokens` includes cached and cache-write tokens,
 * `outputTokens` includes reasoning. Null means the provider did not report that class.
 */
export const Usage = z.object({
  inputTokens: z.number().int().nullable(),
  outputTokens: z.number().int().nullable(),
  cachedInputTokens: z.number().int().nullable(),
  cacheWriteTokens: z.number().int().nullable(),
  reasoningTokens: z.number().int().nullable(),
});
export type Usage = z.infer<typeof Usage>;

/** What one call or answer cost, and whether that is the provider's own figures, our estimate, or not known. */
export const Cost = z.object({ usd: Money.nullable(), basis: z.enum(['exact', 'estimated', 'unknown']) });
export type Cost = z.infer<typeof Cost>;

/** Milliseconds from submission to start, from the call to its first token, from submission to the end. */
export const Timing = z.object({
  queuedMs: z.number().int().nullable(),
  timeToFirstTokenMs: z.number().int().nullable(),
  totalMs: z.number().int().nullable(),
  tokensPerSecond: z.number().nullable(),
});
export type Timing = z.infer<typeof Timing>;

/** Why an answer or a step failed. `message` is fit to be shown to a person and holds no secret. */
export const Failure = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
export type Failure = z.infer<typeof Failure>;

/** Identifiers and metadata the provider gave with the stream; further members are the provider's own. */
export const ProviderMetadata = z.looseObject({
  requestId: z.string().nullable(),
  responseId: z.string().nullable(),
  conversationId: z.string().nullable(),
  model: z.string().nullable(),
  rateLimit: z.record(z.string(), z.string()).nullable(),
});
export type ProviderMetadata = z.infer<typeof ProviderMetadata>;

/** One call to one model for an answer. Attempts count on across fallbacks: 1, 2, 3 … */
export const Attempt = z.object({
  attempt: z.number().int(),
  model: ModelId,
  status: z.enum(['running', 'completed', 'failed', 'cancelled', 'expired', 'lost']),
  error: Failure.nullable(),
  usage: Usage.nullable(),
  cost: Cost,
  startedAt: Timestamp,
  finishedAt: Timestamp.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

/** One answer in short: at most 50 words of text, 20 of reasoning, five key points of at most 12 words. */
export const AnswerSummary = z.object({
  text: z.string(),
  reasoning: z.string(),
  keyPoints: z.array(z.string()),
  basis: z.enum(['model', 'extractive']),
});
export type AnswerSummary = z.infer<typeof AnswerSummary>;

/** What one slot of the panel answered, or why it did not. */
export const Answer = z.object({
  id: Id,
  slot: z.number().int(),
  model: ModelId,
  servedBy: ModelId.nullable(),
  status: AnswerStatus,
  late: z.boolean(),
  text: z.string(),
  finishReason: FinishReason.nullable(),
  usage: Usage.nullable(),
  cost: Cost,
  timing: Timing,
  provider: ProviderMetadata.nullable(),
  attempt: z.number().int(),
  attempts: z.array(Attempt),
  summary: AnswerSummary.nullable(),
  error: Failure.nullable(),
});
export type Answer = z.infer<typeof Answer>;
