import type { EventBody } from '@polyphony/contracts';

/** Anything that runs SQL with positional parameters: a transaction of `storage`, or a client of our own. */
export interface SqlRunner {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Who writes: the answer or step and the attempt at it. Events of a superseded attempt are refused. */
export interface Fence {
  readonly id: string;
  readonly attempt: number;
}

export interface NewEvent {
  readonly comparisonId: string;
  readonly body: EventBody;
  readonly fence?: Fence;
}

/** One wake-up channel for everyone who tails logs: the payload is a comma-separated list of comparison ids. */
export const EVENTS_CHANNEL = 'polyphony_events';

/**
 * Appends to the logs of any number of comparisons in one statement, numbering each without a hole, and returns the
 * places (from 0) of the events that were refused. With a channel, whoever listens there is woken when this commits.
 */
export async function append(sql: SqlRunner, events: readonly NewEvent[], channel: string | null): Promise<number[]> {
  if (events.length === 0) return [];
  const result = await sql.query(
    `SELECT polyphony_append($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::int[], $6) AS refused`,
    [
      events.map((event) => event.comparisonId),
      events.map((event) => event.body.type),
      events.map((event) => bodyJson(event.body)),
      events.map((event) => event.fence?.id ?? null),
      events.map((event) => event.fence?.attempt ?? null),
      channel,
    ],
  );
  const rows = (Array.isArray(result) ? result : (result as { rows: unknown[] }).rows) as [{ refused: number[] }];
  return rows[0].refused.map((place) => place - 1);
}

/** The type has a column of its own. */
function bodyJson({ type: _, ...members }: EventBody): string {
  return JSON.stringify(members);
}
