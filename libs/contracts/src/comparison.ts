import { z } from 'zod';
import { Answer } from './answer.js';
import { Ranking, Summary, Synthesis } from './assessment.js';
import { Id, ModelId, Money, Timestamp } from './identifiers.js';

/** Text people write: anything but the NUL character, which no database can store. */
const Text = z.string().regex(/^[^\0]*$/, 'must not contain the NUL character');

/** Reasoning effort as the caller asks for it; an adapter translates or leaves it out where a model has none. */
export const ReasoningEffort = z.enum(['none', 'minimal', 'low', 'medium', 'high']);
export type ReasoningEffort = z.infer<typeof ReasoningEffort>;

export const Message = z.strictObject({ role: z.enum(['user', 'assistant']), content: Text.min(1) });
export type Message = z.infer<typeof Message>;

/** One place on the panel: a model with its own parameters, and who steps in when it fails for good. */
export const Slot = z.strictObject({
  model: ModelId,
  label: Text.min(1).max(100).optional(),
  system: Text.max(200_000).optional(),
  temperature: z.number().min(0).max(2).optional(),
  maxOutputTokens: z.number().int().min(1).max(128_000).optional(),
  reasoningEffort: ReasoningEffort.optional(),
  fallbacks: z.array(ModelId).max(5).optional(),
});
export type Slot = z.infer<typeof Slot>;

/** What happens after the fan-out. Where no model is named, the operator's choice or the panel's own models serve. */
export const AssessmentRequest = z.strictObject({
  summary: z.boolean().default(true),
  summarizer: ModelId.optional(),
  ranking: z.enum(['panel', 'thorough', 'none']).default('panel'),
  judges: z.array(ModelId).min(1).max(7).optional(),
  criteria: Text.min(1).max(2000).optional(),
  synthesis: z.boolean().default(false),
  synthesizer: ModelId.optional(),
});
export type AssessmentRequest = z.infer<typeof AssessmentRequest>;

/** When waiting ends. All durations in milliseconds. */
export const Policy = z.strictObject({
  deadlineMs: z.number().int().min(100).max(3_600_000).default(120_000),
  minAnswers: z.number().int().min(1).max(16).optional(),
  graceMs: z.number().int().min(0).max(3_600_000).optional(),
});
export type Policy = z.infer<typeof Policy>;

const createFields = {
  prompt: Text.min(1).optional(),
  messages: z.array(Message).min(1).max(1000).optional(),
  system: Text.max(200_000).optional(),
  panel: z
    .array(z.union([ModelId, Slot]))
    .min(1)
    .max(16),
  assessment: AssessmentRequest.prefault({}),
  policy: Policy.prefault({}),
  maxCostUsd: Money.optional(),
  conversationId: Id.optional(),
  metadata: z
    .record(Text.max(64), Text.max(512))
    .refine((record) => Object.keys(record).length <= 32, 'may hold at most 32 entries')
    .optional(),
  dryRun: z.boolean().default(false),
};

function checkQuestion(
  request: { prompt?: string; messages?: Message[]; panel: unknown[]; policy: Policy },
  context: z.RefinementCtx,
): void {
  if ((request.prompt === undefined) === (request.messages === undefined))
    context.addIssue({ code: 'custom', path: ['prompt'], message: 'give exactly one of prompt and messages' });
  if (request.messages && request.messages.at(-1)?.role !== 'user')
    context.addIssue({ code: 'custom', path: ['messages'], message: 'the last message must be the user’s' });
  if (request.policy.minAnswers !== undefined && request.policy.minAnswers > request.panel.length)
    context.addIssue({
      code: 'custom',
      path: ['policy', 'minAnswers'],
      message: 'may not exceed the number of slots on the panel',
    });
}

/** The body of `POST /v1/comparisons`: one question and the panel to ask. Unknown fields are refused. */
export const CreateComparison = z.strictObject(createFields).superRefine(checkQuestion);
export type CreateComparison = z.infer<typeof CreateComparison>;
/** The same as a client writes it: what has a default may be left out. */
export type CreateComparisonInput = z.input<typeof CreateComparison>;

/** The payload of the socket's `comparison:create`: the body of the POST and, with it, the idempotency key. */
export const SocketCreateComparison = z
  .strictObject({ ...createFields, idempotencyKey: z.string().min(1).max(200).optional() })
  .superRefine(checkQuestion);

export const comparisonStatuses = ['queued', 'answering', 'assessing', 'completed', 'failed', 'cancelled'] as const;
export const ComparisonStatus = z.enum(comparisonStatuses);
export type ComparisonStatus = z.infer<typeof ComparisonStatus>;

/** What the whole comparison cost so far. `partial` says that some call's cost is not known and not in the total. */
export const ComparisonCost = z.object({
  totalUsd: Money.nullable(),
  answersUsd: Money.nullable(),
  assessmentUsd: Money.nullable(),
  basis: z.enum(['exact', 'estimated', 'partial']),
});
export type ComparisonCost = z.infer<typeof ComparisonCost>;

/** A comparison as every client sees it. */
export const Comparison = z.object({
  id: Id,
  status: ComparisonStatus,
  prompt: z.string().optional(),
  messages: z.array(Message).optional(),
  system: z.string().nullable(),
  panel: z.array(Slot),
  assessment: AssessmentRequest,
  policy: Policy,
  metadata: z.record(z.string(), z.string()),
  conversationId: Id.nullable(),
  answers: z.array(Answer),
  summary: Summary.nullable(),
  ranking: Ranking.nullable(),
  synthesis: Synthesis.nullable(),
  degraded: z.boolean(),
  degradedReasons: z.array(z.string()),
  cost: ComparisonCost,
  lastSeq: z.number().int(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  finishedAt: Timestamp.nullable(),
});
export type Comparison = z.infer<typeof Comparison>;

/** The answer to a dry run: what the comparison may cost at most. Null where a price is not known. */
export const Estimate = z.object({
  totalUsd: Money.nullable(),
  perAnswer: z.array(
    z.object({
      slot: z.number().int(),
      model: ModelId,
      inputTokens: z.number().int(),
      maxOutputTokens: z.number().int(),
      costUsd: Money.nullable(),
    }),
  ),
  assessmentUsd: Money.nullable(),
});
export type Estimate = z.infer<typeof Estimate>;
export const DryRunResult = z.object({ estimate: Estimate });
export type DryRunResult = z.infer<typeof DryRunResult>;

export const FinishRequest = z.strictObject({ cancelRest: z.boolean().default(false) });
export type FinishRequest = z.infer<typeof FinishRequest>;

/** A person's own pick. `answerId` is needed for kind `answer` only. */
export const Vote = z
  .strictObject({ kind: z.enum(['answer', 'tie', 'allBad']), answerId: Id.optional() })
  .superRefine((vote, context) => {
    if ((vote.kind === 'answer') !== (vote.answerId !== undefined))
      context.addIssue({ code: 'custom', path: ['answerId'], message: 'is needed for kind "answer" and for no other' });
  });
export type Vote = z.infer<typeof Vote>;

/** Pages of any list: newest first, `nextCursor` null on the last one. */
export const ListQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
});
export type ListQuery = z.infer<typeof ListQuery>;
export const ComparisonPage = z.object({ items: z.array(Comparison), nextCursor: z.string().nullable() });
export type ComparisonPage = z.infer<typeof ComparisonPage>;
