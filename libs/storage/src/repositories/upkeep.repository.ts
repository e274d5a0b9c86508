import { Injectable } from '@nestjs/common';
import type { Tx } from '../database.js';

/** What keeps the house in order: heartbeats of recurring work, and logs that may be shortened. */
@Injectable()
export class UpkeepRepository {
  /** Records a beat unless one came within `minGapMs`; true when this one counts. One of several callers wins. */
  async beat(tx: Tx, name: string, minGapMs: number): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      `INSERT INTO heartbeat (name, at) VALUES ($1, clock_timestamp())
       ON CONFLICT (name) DO UPDATE SET at = clock_timestamp() WHERE heartbeat.at < clock_timestamp() - $2 * interval '1 millisecond'
       RETURNING name`,
      [name, minGapMs],
    );
    return rows.length > 0;
  }

  /** Milliseconds since the last beat of this name; null when there never was one. */
  async sinceBeat(tx: Tx, name: string): Promise<number | null> {
    const rows = await tx.query<{ ms: number }[]>(
      `SELECT (extract(epoch FROM clock_timestamp() - at) * 1000)::int AS ms FROM heartbeat WHERE name = $1`,
      [name],
    );
    return rows[0]?.ms ?? null;
  }

  /** Says from when on the deltas of an ended comparison may go; null while it is not ended. */
  async trimAfter(tx: Tx, comparisonId: string, at: Date | null): Promise<void> {
    await tx.query(`UPDATE comparison_log SET trim_after = $2 WHERE comparison_id = $1`, [comparisonId, at]);
  }

  /** Drops whole logs that are due, up to `limit` comparisons at once. A later watcher without a cursor gets a snapshot. */
  async trimLogs(tx: Tx, limit: number): Promise<number> {
    const [rows] = await tx.query<[unknown[], number]>(
      `WITH due AS (
         SELECT comparison_id, last_seq FROM comparison_log WHERE trim_after < now() ORDER BY comparison_id LIMIT $1 FOR UPDATE SKIP LOCKED
       ), dropped AS (
         DELETE FROM event e USING due d WHERE e.comparison_id = d.comparison_id AND e.seq <= d.last_seq
       )
       UPDATE comparison_log l SET first_seq = d.last_seq + 1, trim_after = NULL FROM due d
       WHERE l.comparison_id = d.comparison_id RETURNING l.comparison_id`,
      [limit],
    );
    return rows.length;
  }

  /** A comparison's place in its log. */
  async logState(tx: Tx, comparisonId: string): Promise<{ lastSeq: number; firstSeq: number }> {
    const [row] = await tx.query<{ lastSeq: number; firstSeq: number }[]>(
      `SELECT last_seq AS "lastSeq", first_seq AS "firstSeq" FROM comparison_log WHERE comparison_id = $1`,
      [comparisonId],
    );
    return row ?? { lastSeq: 0, firstSeq: 1 };
  }

  async lastSeqs(tx: Tx, comparisonIds: string[]): Promise<Map<string, number>> {
    const rows = await tx.query<{ id: string; seq: number }[]>(
      `SELECT comparison_id AS id, last_seq AS seq FROM comparison_log WHERE comparison_id = ANY ($1)`,
      [comparisonIds],
    );
    return new Map(rows.map((row) => [row.id, row.seq]));
  }
}
