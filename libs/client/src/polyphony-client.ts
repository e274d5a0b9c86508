import type {
  AssessmentRequest,
  Comparison,
  ComparisonPage,
  CreateComparisonInput,
  DryRunResult,
  Estimate,
  Model,
  ModelList,
} from '@polyphony/contracts';
import { ComparisonWatch, type Watch, type WatchOptions } from './comparison-watch.js';
import { type HttpOptions, send, sendForJson } from './http.js';
import { LiveConnection } from './live-connection.js';

const readTimeoutMs = 10_000;

export interface ClientOptions {
  /** Where the API is, e.g. `https://polyphony.example`; a path in front of `/v1` is kept. */
  baseUrl: string;
  /** API key or session token. Without one, a browser works by its session cookie. */
  token?: string;
  fetch?: typeof fetch;
}

/** Who is signed in. Further members are the server's own. */
export interface Person {
  id: string;
  name: string;
  role?: string;
  [member: string]: unknown;
}

export interface Session {
  token: string;
  expiresAt: string;
}

/**
 * The API for programs and the page alike: REST calls and live watching over one shared socket.
 * Every call throws ProblemError when the server refuses and UnreachableError when none answers.
 */
export class PolyphonyClient {
  readonly baseUrl: string;
  private token: string | undefined;
  private readonly http: HttpOptions;
  private readonly line: LiveConnection;

  constructor(options: ClientOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.token = options.token;
    this.http = {
      baseUrl: this.baseUrl,
      token: () => this.token,
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    };
    this.line = new LiveConnection(this.baseUrl, () => this.token);
  }

  /** Submits a comparison. The same `idempotencyKey` with the same input returns the first one again. */
  createComparison(
    input: CreateComparisonInput,
    options: { idempotencyKey?: string; signal?: AbortSignal } = {},
  ): Promise<Comparison> {
    return sendForJson(this.http, '/v1/comparisons', {
      method: 'POST',
      body: input,
      headers: options.idempotencyKey === undefined ? {} : { 'idempotency-key': options.idempotencyKey },
      signal: options.signal,
    });
  }

  /** What the comparison may cost at most; calls no model. */
  async estimate(input: CreateComparisonInput, options: { signal?: AbortSignal } = {}): Promise<Estimate> {
    const body = { ...input, dryRun: true };
    const result = await sendForJson<DryRunResult>(this.http, '/v1/comparisons', {
      method: 'POST',
      body,
      signal: options.signal,
    });
    return result.estimate;
  }

  getComparison(id: string, options: { signal?: AbortSignal } = {}): Promise<Comparison> {
    return sendForJson(this.http, comparisonPath(id), options);
  }

  /** Newest first; pass `nextCursor` as `cursor` for the next page. */
  listComparisons(query: { limit?: number; cursor?: string } = {}): Promise<ComparisonPage> {
    return sendForJson(this.http, '/v1/comparisons', { query });
  }

  async deleteComparison(id: string): Promise<void> {
    await send(this.http, comparisonPath(id), { method: 'DELETE' });
  }

  async cancelComparison(id: string): Promise<void> {
    await this.post(comparisonPath(id, 'cancel'));
  }

  /** Stops waiting and assesses what is there; the rest lands late or, with `cancelRest`, is cancelled. */
  async finishComparison(id: string, options: { cancelRest?: boolean } = {}): Promise<void> {
    await this.post(comparisonPath(id, 'finish'), options);
  }

  async cancelAnswer(id: string, answerId: string): Promise<void> {
    await this.post(comparisonPath(id, 'answers', answerId, 'cancel'));
  }

  async retryAnswer(id: string, answerId: string): Promise<void> {
    await this.post(comparisonPath(id, 'answers', answerId, 'retry'));
  }

  /** Assesses again, as a new version. */
  async assess(id: string, assessment: Partial<AssessmentRequest>): Promise<void> {
    await this.post(comparisonPath(id, 'assessments'), assessment);
  }

  /** The whole comparison as a document to keep. */
  async exportComparison(id: string, format: 'json' | 'markdown'): Promise<string> {
    const response = await send(this.http, comparisonPath(id, 'export'), { query: { format }, headers: { accept: '*/*' } });
    return response.text();
  }

  /** What can be asked now. */
  async listModels(): Promise<Model[]> {
    return (await sendForJson<ModelList>(this.http, '/v1/models')).items;
  }

  /** Trades an API key for a session. A browser gets an httpOnly cookie; elsewhere this client keeps the session's token. */
  async signIn(key: string): Promise<Session> {
    const request = { method: 'POST', body: { key } } as const;
    const { session } = await sendForJson<{ session: Session }>(this.http, '/v1/auth/sign-in', request);
    if (!('document' in globalThis)) this.token = session.token;
    this.line.reconnect();
    return session;
  }

  async signOut(): Promise<void> {
    await this.post('/v1/auth/sign-out');
    this.token = undefined;
    this.line.reconnect();
  }

  /** Refused with status 401 when nobody is signed in. */
  whoAmI(): Promise<Person> {
    return sendForJson(this.http, '/v1/me');
  }

  /** Follows a comparison live until `stop()`, through drops and restarts; goes on after the end, for late answers. */
  watch(comparisonId: string, options: WatchOptions = {}): Watch {
    const read = () => this.getComparison(comparisonId, { signal: AbortSignal.timeout(readTimeoutMs) });
    return new ComparisonWatch(comparisonId, this.line, read, options);
  }

  private async post(path: string, body: unknown = {}): Promise<void> {
    await send(this.http, path, { method: 'POST', body });
  }
}

function comparisonPath(id: string, ...rest: string[]): string {
  return ['/v1/comparisons', ...[id, ...rest].map(encodeURIComponent)].join('/');
}
