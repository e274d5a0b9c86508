/**
 * How long the provider asks to wait, in milliseconds, or null. Understands `retry-after-ms` (OpenAI, Azure) and
 * `retry-after` in seconds or as an HTTP date (RFC 9110, 10.2.3). A date is read against the response's own `date`
 * where there is one, so that a wrong clock on either side does not matter.
 */
export function readRetryAfter(headers: Headers, now: number = Date.now()): number | null {
  const milliseconds = nonNegative(headers.get('retry-after-ms'));
  if (milliseconds !== null) return Math.ceil(milliseconds);
  const value = headers.get('retry-after');
  if (value === null) return null;
  const seconds = nonNegative(value);
  if (seconds !== null) return Math.ceil(seconds * 1000);
  const until = Date.parse(value);
  if (Number.isNaN(until)) return null;
  const sent = Date.parse(headers.get('date') ?? '');
  return Math.max(0, until - (Number.isNaN(sent) ? now : sent));
}

function nonNegative(text: string | null): number | null {
  if (text === null || text.trim() === '') return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
