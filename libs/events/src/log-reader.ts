import type { ComparisonEvent } from '@polyphony/contracts';
import type { Pool } from 'pg';

interface Row {
  comparison_id: string;
  seq: number;
  at: Date;
  type: string;
  body: object;
}

/** At most this many events of one comparison are read at a time. */
export const PAGE = 500;

/** Reads logs: for each of the given cursors, in seq order, at most a page of what follows it. */
export class LogReader {
  constructor(private readonly pool: Pool) {}

  async after(cursors: ReadonlyMap<string, number>): Promise<Map<string, ComparisonEvent[]>> {
    const { rows } = await this.pool.query<Row>({
      name: 'log-after',
      text: `SELECT e.comparison_id, e.seq, e.at, e.type, e.body FROM unnest($1::uuid[], $2::int[]) AS w (id, after)
        CROSS JOIN LATERAL (
          SELECT * FROM event WHERE comparison_id = w.id AND seq > w.after ORDER BY seq LIMIT ${PAGE}
        ) e`,
      values: [[...cursors.keys()], [...cursors.values()]],
    });
    const found = new Map<string, ComparisonEvent[]>();
    for (const row of rows) {
      const event = {
        comparisonId: row.comparison_id,
        seq: row.seq,
        at: row.at.toISOString(),
        type: row.type,
        ...row.body,
      } as ComparisonEvent;
      const list = found.get(row.comparison_id);
      if (list) list.push(event);
      else found.set(row.comparison_id, [event]);
    }
    return found;
  }

  /** Whether the log still holds everything after this seq. False also when there is no such comparison. */
  async reachesBackTo(comparisonId: string, after: number): Promise<boolean> {
    const { rows } = await this.pool.query<{ reaches: boolean }>(
      `SELECT first_seq <= $2 + 1 AS reaches FROM comparison_log WHERE comparison_id = $1`,
      [comparisonId, after],
    );
    return rows[0]?.reaches ?? false;
  }
}
