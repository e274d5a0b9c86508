export interface HttpRequest {
  body?: unknown;
  /** The key to present; null for none. */
  key?: string | null;
  headers?: Record<string, string>;
}

export interface HttpReply {
  status: number;
  headers: Headers;
  text: string;
  /** Parsed, where the reply is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into replies of every shape
  json: any;
}

/** One HTTP request as a client that knows nothing of us would send it. */
export async function httpRequest(baseUrl: string, method: string, path: string, request: HttpRequest): Promise<HttpReply> {
  const { body, key, headers = {} } = request;
  const response = await fetch(baseUrl + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { authorization: `Bearer ${key}` }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text ? (JSON.parse(text) as unknown) : null,
  };
}
