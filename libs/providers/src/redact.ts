export type Redact = (text: string) => string;

const bearer = /\b(bearer|basic)\s+[^\s"',;]+/gi;
const keyLike = /\b(?:sk|pk|rk)-[\w*.-]{6,}/g;

/**
 * Makes text from a server fit to be stored and shown: the connection's own key (plain, JSON- or URL-encoded) and
 * whatever looks like a credential are replaced. Keys shorter than four characters are no secrets but placeholders.
 */
export function redactor(apiKey: string): Redact {
  const forms = apiKey.length < 4 ? [] : [...new Set([apiKey, JSON.stringify(apiKey).slice(1, -1), encodeURIComponent(apiKey)])];
  return (text) => {
    let clean = text;
    for (const form of forms) clean = clean.replaceAll(form, '[redacted]');
    return clean.replace(bearer, '$1 [redacted]').replace(keyLike, '[redacted]');
  };
}

/** A server's own words as one short line that can be quoted in a message; null when it said nothing. */
export function quotable(text: string | null | undefined, redact: Redact): string | null {
  if (typeof text !== 'string') return null;
  // Redacting comes first: a key cut in half by the shortening would no longer be found.
  const line = redact(text.slice(0, 20_000))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
  if (line === '') return null;
  return line.length > 240 ? `${line.slice(0, 239)}…` : line;
}
