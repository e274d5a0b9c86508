import { ProblemError, UnreachableError, problemOf } from './problem-error.js';

export interface HttpOptions {
  baseUrl: string;
  /** Read for every request, because signing in changes it. */
  token: () => string | undefined;
  fetch: typeof fetch;
}

export interface HttpRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * Sends one request to our API and returns its response.
 * Errors: ProblemError when the server refuses, UnreachableError when none answers, the signal's reason when aborted.
 */
export async function send(options: HttpOptions, path: string, request: HttpRequest = {}): Promise<Response> {
  const token = options.token();
  const headers: Record<string, string> = { accept: 'application/json', ...request.headers };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (token) headers['authorization'] = `Bearer ${token}`;
  let response: Response;
  try {
    response = await options.fetch(options.baseUrl + path + queryString(request.query), {
      method: request.method ?? 'GET',
      headers,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      signal: request.signal,
    });
  } catch (error) {
    if (request.signal?.aborted) throw error;
    throw new UnreachableError(options.baseUrl, error);
  }
  if (!response.ok) throw new ProblemError(await problemOf(response));
  return response;
}

/** The same, for answers whose JSON has the shape the contract promises. */
export async function sendForJson<T>(options: HttpOptions, path: string, request?: HttpRequest): Promise<T> {
  const response = await send(options, path, request);
  return (await response.json()) as T;
}

function queryString(query: HttpRequest['query'] = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) given.set(name, String(value));
  return given.size ? `?${given.toString()}` : '';
}
