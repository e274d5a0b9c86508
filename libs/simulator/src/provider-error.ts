import type { Format } from './call.js';

/** What is wrong, beyond the status, where a provider tells cases of one status apart. */
export type ErrorCase = 'billing' | 'context' | 'key' | 'request';

export interface ErrorFacts {
  readonly status: number;
  readonly case?: ErrorCase | undefined;
  readonly requestId: string;
  readonly model?: string | undefined;
  /** Replaces the provider's usual wording. */
  readonly message?: string | undefined;
  readonly param?: string | null | undefined;
}

const anthropicTypes: Record<number, [type: string, message: string]> = {
  400: ['invalid_request_error', 'The simulated request is not valid.'],
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'Your credit balance is too low to access the API.'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'model: not found'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  429: ['rate_limit_error', 'This request would exceed your organization’s rate limit. Please try again later.'],
  500: ['api_error', 'Internal server error'],
  503: ['api_error', 'Service unavailable'],
  504: ['timeout_error', 'The request timed out'],
  529: ['overloaded_error', 'Overloaded'],
};

function anthropicBody(facts: ErrorFacts): string {
  const fallback = facts.status < 500 ? anthropicTypes[400] : anthropicTypes[500];
  const [type, usual] = (anthropicTypes[facts.status] ?? fallback) as [string, string];
  const error =
    facts.case === 'billing'
      ? {
          type,
          message: 'You have reached your specified API usage limits.',
          details: { error_code: 'enforced_spend_limit_reached' },
        }
      : facts.case === 'context'
        ? { type, message: 'prompt is too long: 1200345 tokens > 1000000 maximum' }
        : { type, message: facts.message ?? (facts.status === 404 && facts.model ? `model: ${facts.model}` : usual) };
  return JSON.stringify({ type: 'error', error, request_id: facts.requestId });
}

const openaiTypes: Record<number, [type: string, code: string | null, message: string]> = {
  400: ['invalid_request_error', null, 'The simulated request is not valid.'],
  401: [
    'invalid_request_error',
    'invalid_api_key',
    'Incorrect API key provided. You can find your API key in your account settings.',
  ],
  402: ['insufficient_quota', 'insufficient_balance', 'Insufficient balance.'],
  403: ['invalid_request_error', 'insufficient_permissions', 'You have insufficient permissions for this operation.'],
  404: ['invalid_request_error', 'model_not_found', 'The model does not exist or you do not have access to it.'],
  408: ['server_error', 'request_timeout', 'The request timed out.'],
  413: ['invalid_request_error', 'request_too_large', 'The request is too large.'],
  422: ['invalid_request_error', null, 'The request could not be processed.'],
  429: ['requests', 'rate_limit_exceeded', 'Rate limit reached for requests. Please try again later.'],
  500: ['server_error', null, 'The server had an error while processing your request. Sorry about that!'],
  503: [
    'server_error',
    'server_is_overloaded',
    'The server is currently overloaded with other requests. Please try again later.',
  ],
  529: ['server_error', 'provider_overloaded', 'The provider is overloaded. Please try again later.'],
};

function openaiBody(facts: ErrorFacts): string {
  const fallback = facts.status < 500 ? openaiTypes[400] : openaiTypes[500];
  const [type, code, usual] = (openaiTypes[facts.status] ?? fallback) as [string, string | null, string];
  const param = facts.param ?? null;
  const error =
    facts.case === 'billing'
      ? {
          message: 'You exceeded your current quota, please check your plan and billing details.',
          type: 'insufficient_quota',
          param,
          code: 'credit_balance_exhausted',
        }
      : facts.case === 'context'
        ? {
            message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
            type,
            param: 'messages',
            code: 'context_length_exceeded',
          }
        : {
            message:
              facts.message ??
              (facts.status === 404 && facts.model
                ? `The model \`${facts.model}\` does not exist or you do not have access to it.`
                : usual),
            type,
            param,
            code,
          };
  return JSON.stringify({ error });
}

/** The body this provider sends with an error of this status. */
export function errorBody(format: Format, facts: ErrorFacts): string {
  return format === 'anthropic' ? anthropicBody(facts) : openaiBody(facts);
}
