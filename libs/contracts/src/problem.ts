import { z } from 'zod';

/**
 * Every refusal and failure on the wire: RFC 9457 problem details.
 * `code` is stable and meant for programs; `detail` says to a person what to change.
 */
export const Problem = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

/** The stable codes, each with the HTTP status and title it is always sent with. */
export const problems = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  unknown_model: { status: 400, title: 'A model is not known' },
  unauthenticated: { status: 401, title: 'A valid key or session is needed' },
  budget_exceeded: { status: 402, title: 'The estimate does not fit the budget' },
  price_unknown: { status: 402, title: 'A price is not known' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'Not possible in the present state' },
  idempotency_conflict: { status: 409, title: 'The idempotency key was used for another request' },
  too_large: { status: 413, title: 'The request is too large' },
  unsupported_media_type: { status: 415, title: 'The media type is not supported' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'A defect on our side' },
  unavailable: { status: 503, title: 'Temporarily unavailable' },
} as const;
export type ProblemCode = keyof typeof problems;
