import { jsonrepair } from 'jsonrepair';
import type { z } from 'zod';

export type Parsed<T> = { ok: true; value: T } | { ok: false; reason: string };

const maxReplyCharacters = 200_000;

/**
 * Reads a model's reply as JSON of a schema: fences and prose around the object go, then `JSON.parse`, then repair.
 * The reason of a failure can be told to the model for one more try.
 */
export function parseJsonReply<T>(text: string, schema: z.ZodType<T>): Parsed<T> {
  if (text.length > maxReplyCharacters) return { ok: false, reason: 'the reply is too long' };
  const start = text.indexOf('{');
  if (start < 0) return { ok: false, reason: 'the reply holds no JSON object' };
  const end = text.lastIndexOf('}');
  const read = readJson(end > start ? text.slice(start, end + 1) : text.slice(start));
  if (!read.ok) return read;
  const checked = schema.safeParse(read.value);
  if (checked.success) return { ok: true, value: checked.data };
  const [issue] = checked.error.issues;
  return { ok: false, reason: `${issue!.path.join('.') || 'the reply'}: ${issue!.message}` };
}

function readJson(text: string): Parsed<unknown> {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    try {
      return { ok: true, value: JSON.parse(jsonrepair(text)) };
    } catch {
      return { ok: false, reason: 'the reply is not valid JSON' };
    }
  }
}

/** What to tell a model whose reply could not be used, for its one repair attempt. */
export function repairMessage(reason: string): string {
  return `Your reply could not be used: ${reason}. Send the whole JSON object again, corrected, and nothing else.`;
}
