import type { IncomingHttpHeaders } from 'node:http';

export const sessionCookie = 'polyphony_session';

/** What a request presents: a bearer token, or the browser's session cookie. */
export function presentedToken(headers: IncomingHttpHeaders): { token: string; by: 'bearer' | 'cookie' } | null {
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer) return { token: bearer, by: 'bearer' };
  const cookie = cookieValue(headers.cookie, sessionCookie);
  return cookie ? { token: cookie, by: 'cookie' } : null;
}

/**
 * Whether a browser sent this from a page of ours. A cookie travels by itself, so what it authenticates must come from
 * the address the request goes to, or the one the operator named. Programs send no Origin.
 */
export function isOwnOrigin(headers: IncomingHttpHeaders, publicUrl: string | undefined): boolean {
  const { origin, host } = headers;
  if (headers['sec-fetch-site'] === 'cross-site') return false;
  if (!origin) return true;
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === host || (publicUrl !== undefined && new URL(publicUrl).origin === origin);
}

function cookieValue(header: string | undefined, name: string): string | null {
  for (const part of header?.split(';') ?? []) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value) return decoded(value);
  }
  return null;
}

/** Null for what no browser of ours has sent: a percent sign that encodes nothing. */
function decoded(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}
