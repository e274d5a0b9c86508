import type { Tx } from '../database.js';

/** Where claims live, and the status of a row that is claimed. */
const claimable = { answer: 'streaming', step: 'running' } as const;

/**
 * Prolongs the leases of this owner on these rows and returns what it still holds; what is missing was taken away. A row
 * somebody is changing at this moment is not waited for: it is held all the same, and renewed next time.
 */
export function renewLeases(
  tx: Tx,
  table: keyof typeof claimable,
  owner: string,
  ids: readonly string[],
  leaseMs: number,
): Promise<{ id: string; attempt: number }[]> {
  const held = `FROM ${table} WHERE id = ANY ($3) AND lease_owner = $1 AND status = '${claimable[table]}'`;
  return tx.query(
    `WITH held AS (
       SELECT id, attempt ${held}
     ), free AS (
       SELECT id ${held} ORDER BY id FOR UPDATE SKIP LOCKED
     ), renewed AS (
       UPDATE ${table} SET lease_until = now() + $2 * interval '1 millisecond' FROM free WHERE ${table}.id = free.id
     )
     SELECT id, attempt FROM held`,
    [owner, leaseMs, ids],
  );
}
