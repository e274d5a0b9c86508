import { classify, readErrorBody } from './classify.js';
import { redactor } from './redact.js';

const subject = { connection: 'acme', model: 'some-model' };
const of = (status: number | null, body: unknown, headers: Record<string, string> = {}) =>
  classify(readErrorBody(body, status, new Headers(headers))!, subject, redactor('canary-key'));

describe('classification of declared failures', () => {
  it.each([
    [429, { type: 'rate_limit_error', message: '', details: { error_code: 'ramp_limit_exceeded' } }, 'rateLimit'],
    [429, { type: 'rate_limit_error', message: '', details: { error_code: 'enforced_spend_limit_reached' } }, 'budgetExceeded'],
    [429, { type: 'rate_limit_error', message: '', details: { error_code: 'contract_spend_limit_reached' } }, 'budgetExceeded'],
    [429, { code: 'credit_balance_exhausted', type: 'rate_limit_exceeded', message: '' }, 'budgetExceeded'],
    [429, { code: 'project_spend_limit_exceeded', message: '' }, 'budgetExceeded'],
    [429, { code: 'organization_usage_limit_exceeded', message: '' }, 'budgetExceeded'],
    [429, { code: null, type: 'insufficient_quota', message: '' }, 'budgetExceeded'],
    [429, { message: 'You exceeded your current quota, please check your plan' }, 'budgetExceeded'],
    [429, { code: 'slow_down', message: '' }, 'rateLimit'],
    [402, { message: 'Insufficient Balance' }, 'budgetExceeded'],
    [400, { type: 'invalid_request_error', message: 'Your credit balance is too low to access the API.' }, 'budgetExceeded'],
    [400, { type: 'invalid_request_error', message: 'You have reached your specified API usage limits.' }, 'budgetExceeded'],
    [400, { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' }, 'contextLength'],
    [400, { message: "This model's maximum context length is 8192 tokens." }, 'contextLength'],
    [413, { type: 'request_too_large', message: '' }, 'contextLength'],
    [400, { code: 'invalid_prompt', message: '' }, 'contentFilter'],
    [400, { code: 'content_filter', message: '' }, 'contentFilter'],
    [403, { code: 403, message: '', metadata: { error_type: 'content_policy_violation' } }, 'contentFilter'],
    [400, { type: 'invalid_request_error', message: 'max_tokens: must be positive' }, 'invalidRequest'],
    [422, { message: 'temperature out of range' }, 'invalidRequest'],
    [401, { message: '' }, 'authentication'],
    [403, { message: '' }, 'permission'],
    [404, { message: '' }, 'notFound'],
    [408, { message: '' }, 'timeout'],
    [504, { message: '' }, 'timeout'],
    [524, { message: '' }, 'timeout'],
    [503, { message: '' }, 'overloaded'],
    [529, { message: '' }, 'overloaded'],
    [503, { type: 'api_error', message: '' }, 'overloaded'],
    [500, { type: 'api_error', message: '' }, 'server'],
    [502, { message: '' }, 'server'],
    [409, { message: '' }, 'unknown'],
    [null, { type: 'overloaded_error', message: '' }, 'overloaded'],
    [null, { code: 502, message: 'Upstream failed' }, 'server'],
    [null, { code: 429, message: '' }, 'rateLimit'],
    [null, { message: 'Something broke' }, 'server'],
  ])('reads status %p with %j as %s', (status, error, kind) => {
    expect(of(status, { error }).kind).toBe(kind);
    expect(of(status, error).kind).toBe(kind);
  });

  it('reads errors in foreign envelopes', () => {
    expect(of(422, { detail: [{ loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] }).message).toContain('top_k');
    expect(of(500, { error: 'llama runner process has terminated' }).message).toContain('llama runner');
    expect(of(502, '<html>Bad gateway</html>').kind).toBe('server');
    expect(readErrorBody({ id: 'x', object: 'chat.completion' }, null, null)).toBeNull();
  });

  it('says what to change, quotes the provider and hides the key', () => {
    const { message } = of(401, { error: { message: 'bad key canary-key' } });
    expect(message).toBe('acme refused the API key. Set a valid key for this connection. It said: bad key [redacted]');
  });

  it('knows which refusals cost nothing', () => {
    expect([400, 401, 402, 404, 413, 429, 503, 529].map((status) => of(status, { message: '' }).billing)).toEqual(
      Array(8).fill('none'),
    );
    expect([408, 500, 502, 504].map((status) => of(status, { message: '' }).billing)).toEqual(Array(4).fill('unknown'));
  });
});
