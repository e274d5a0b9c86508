import type { EventBody } from '@polyphony/contracts';
import { type TestDatabase, cloneDatabase, until } from '@polyphony/testing';
import pg from 'pg';
import { v7 as uuid } from 'uuid';
import { EVENTS_CHANNEL, type NewEvent, append } from './append.js';
import { LogReader, PAGE } from './log-reader.js';

jest.setTimeout(30_000);

let database: TestDatabase;
let pool: pg.Pool;
const workspaceId = uuid();

beforeAll(async () => {
  database = await cloneDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 20 });
  await pool.query(`INSERT INTO workspace (id, name) VALUES ($1, 'test')`, [workspaceId]);
});
afterAll(async () => {
  await pool?.end();
  await database?.close();
});

/** A comparison with one streaming answer at its second attempt, and a running step at its first. */
async function comparison(): Promise<{ id: string; answerId: string; stepId: string }> {
  const [id, answerId, stepId] = [uuid(), uuid(), uuid()];
  await pool.query(
    `INSERT INTO comparison (id, workspace_id, created_by, status, question, panel, assessment, policy, metadata, request_hash, deadline_at, created_at)
     VALUES ($1, $2, $2, 'answering', '{}', '[]', '{}', '{}', '{}', '', now() + interval '1 hour', now())`,
    [id, workspaceId],
  );
  await pool.query(`INSERT INTO comparison_log (comparison_id) VALUES ($1)`, [id]);
  await pool.query(
    `INSERT INTO answer (id, comparison_id, slot, model, status, attempt, queued_at) VALUES ($1, $2, 0, 'openai/a', 'streaming', 2, now())`,
    [answerId, id],
  );
  await pool.query(
    `INSERT INTO step (id, comparison_id, version, kind, status, attempt) VALUES ($1, $2, 1, 'rank', 'running', 1)`,
    [stepId, id],
  );
  return { id, answerId, stepId };
}

function delta(comparisonId: string, answerId: string, text: string, attempt = 2): NewEvent {
  const body: EventBody = { type: 'answer.delta', answerId, attempt, text };
  return { comparisonId, body, fence: { id: answerId, attempt } };
}
const status = (comparisonId: string): NewEvent => ({ comparisonId, body: { type: 'comparison.status', status: 'assessing' } });

async function textsOf(id: string): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT body->>'text' AS text FROM event WHERE comparison_id = $1 ORDER BY seq`,
    [id],
  );
  return rows.map(({ text }) => text);
}

async function seqsOf(id: string): Promise<{ seqs: number[]; lastSeq: number }> {
  const { rows } = await pool.query<{ seq: number }>(`SELECT seq FROM event WHERE comparison_id = $1 ORDER BY seq`, [id]);
  const log = await pool.query<{ last_seq: number }>(`SELECT last_seq FROM comparison_log WHERE comparison_id = $1`, [id]);
  return { seqs: rows.map(({ seq }) => seq), lastSeq: log.rows[0]!.last_seq };
}

it('numbers the events of a batch from 1, in their order, each comparison by itself', async () => {
  const [a, b] = [await comparison(), await comparison()];
  const batch = [delta(a.id, a.answerId, '1'), delta(b.id, b.answerId, 'x'), delta(a.id, a.answerId, '2'), delta(b.id, b.answerId, 'y'), delta(a.id, a.answerId, '3')]; // prettier-ignore
  expect(await append(pool, batch, null)).toEqual([]);
  expect(await textsOf(a.id)).toEqual(['1', '2', '3']);
  expect(await textsOf(b.id)).toEqual(['x', 'y']);
  expect(await seqsOf(a.id)).toEqual({ seqs: [1, 2, 3], lastSeq: 3 });
});

it('keeps what an event says as it was said', async () => {
  const { id, answerId } = await comparison();
  const text = '"quotes" \\ \n\t 😀 {"a":1} \u2028';
  await append(pool, [delta(id, answerId, text)], null);
  const [event] = (await new LogReader(pool).after(new Map([[id, 0]]))).get(id)!;
  expect(event).toEqual({ comparisonId: id, seq: 1, at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/), type: 'answer.delta', answerId, attempt: 2, text }); // prettier-ignore
});

it('leaves no hole and keeps everyone’s order when twenty write to the same comparisons at once', async () => {
  const comparisons = await Promise.all(Array.from({ length: 5 }, () => comparison()));
  const visible: number[][] = [];
  let writing = true;
  const watching = (async () => {
    while (writing) visible.push((await seqsOf(comparisons[0]!.id)).seqs);
  })();
  const write = async (writer: number): Promise<void> => {
    for (let round = 0; round < 15; round++) {
      const shuffled = comparisons.toSorted((one, other) => ((one.id.at(-1 - (writer % 5))! < other.id.at(-1 - (writer % 5))!) ? -1 : 1) * (round % 2 ? 1 : -1)); // prettier-ignore
      await append(pool, shuffled.flatMap(({ id, answerId }) => [delta(id, answerId, `${writer} ${2 * round}`), delta(id, answerId, `${writer} ${2 * round + 1}`)]), null); // prettier-ignore
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
  writing = false;
  await watching;

  for (const { id } of comparisons) {
    const { seqs, lastSeq } = await seqsOf(id);
    expect(seqs).toEqual(Array.from({ length: 600 }, (_, place) => place + 1));
    expect(lastSeq).toBe(600);
    const texts = await textsOf(id);
    for (let writer = 0; writer < 20; writer++) {
      const own = texts.filter((text) => text.startsWith(`${writer} `));
      expect(own).toEqual(Array.from({ length: 30 }, (_, nth) => `${writer} ${nth}`));
    }
  }
  for (const seqs of visible) expect(seqs).toEqual(seqs.map((_, place) => place + 1)); // commit order is seq order
});

describe('the fence', () => {
  it('refuses a superseded attempt, says which places, and lets the others through without a hole', async () => {
    const { id, answerId } = await comparison();
    const batch = [delta(id, answerId, 'now'), delta(id, answerId, 'zombie', 1), status(id), delta(id, answerId, 'future', 3), delta(id, answerId, 'on')]; // prettier-ignore
    expect((await append(pool, batch, null)).sort()).toEqual([1, 3]);
    expect((await seqsOf(id)).seqs).toEqual([1, 2, 3]);
    expect((await textsOf(id)).filter(Boolean)).toEqual(['now', 'on']);
  });

  it.each(['queued', 'completed', 'failed', 'cancelled', 'expired'])('refuses text of an answer that is %s', async (ended) => {
    const { id, answerId } = await comparison();
    await pool.query(`UPDATE answer SET status = $2 WHERE id = $1`, [answerId, ended]);
    expect(await append(pool, [delta(id, answerId, 'late')], null)).toEqual([0]);
    expect(await seqsOf(id)).toEqual({ seqs: [], lastSeq: 0 });
  });

  it('knows steps as it knows answers', async () => {
    const { id, stepId } = await comparison();
    const of = (attempt: number): NewEvent => ({ comparisonId: id, body: { type: 'synthesis.delta', version: 1, attempt: 100, text: 'x' }, fence: { id: stepId, attempt } }); // prettier-ignore
    expect(await append(pool, [of(1), of(2)], null)).toEqual([1]);
    await pool.query(`UPDATE step SET status = 'completed' WHERE id = $1`, [stepId]);
    expect(await append(pool, [of(1)], null)).toEqual([0]);
  });

  it('looks only once whoever changes the answer has committed', async () => {
    const { id, answerId } = await comparison();
    const other = await pool.connect();
    await other.query('BEGIN');
    await other.query(`SELECT 1 FROM comparison_log WHERE comparison_id = $1 FOR UPDATE`, [id]);
    const late = append(pool, [delta(id, answerId, 'late')], null);
    await until(async () => (await pool.query(`SELECT 1 FROM pg_locks WHERE NOT granted`)).rowCount! > 0, 'the append waits');
    await other.query(`UPDATE answer SET status = 'completed' WHERE id = $1`, [answerId]);
    await other.query('COMMIT');
    other.release();
    expect(await late).toEqual([0]);
  });

  it('refuses everything of a comparison that is gone', async () => {
    const { id, answerId } = await comparison();
    const gone = uuid();
    expect(await append(pool, [status(gone), delta(id, answerId, 'here'), delta(gone, answerId, 'x')], null)).toEqual([0, 2]);
    expect((await pool.query(`SELECT 1 FROM event WHERE comparison_id = $1`, [gone])).rowCount).toBe(0);
  });
});

it('of nothing asks nothing of the database', async () => {
  const query = jest.fn();
  expect(await append({ query }, [], EVENTS_CHANNEL)).toEqual([]);
  expect(query).not.toHaveBeenCalled();
});

it('wakes listeners with every comparison once when it commits, in as few notifications as fit', async () => {
  const many = await Promise.all(Array.from({ length: 250 }, () => comparison()));
  const heard: string[] = [];
  const listener = await pool.connect();
  listener.on('notification', ({ payload }) => heard.push(payload!));
  await listener.query(`LISTEN ${EVENTS_CHANNEL}`);
  const writer = await pool.connect();
  await writer.query('BEGIN');
  await append(
    writer,
    [...many, ...many].map(({ id }) => status(id)),
    EVENTS_CHANNEL,
  );
  await listener.query('SELECT 1');
  expect(heard).toEqual([]);
  await writer.query('COMMIT');
  writer.release();
  await until(() => heard.length === 2, 'both notifications have come');
  expect(heard.flatMap((payload) => payload.split(',')).sort()).toEqual(many.map(({ id }) => id).sort());
  for (const payload of heard) expect(payload.length).toBeLessThan(8_000);
  await listener.query('UNLISTEN *');
  listener.release(true);
});

it('logs are read from each cursor on, a page at most, without those that have nothing new', async () => {
  const [long, short, still] = [await comparison(), await comparison(), await comparison()];
  await append(
    pool,
    Array.from({ length: PAGE + 10 }, () => status(long.id)),
    null,
  );
  await append(pool, [status(short.id), status(short.id), status(still.id)], null);
  const found = await new LogReader(pool).after(new Map([[long.id, 5], [short.id, 1], [still.id, 1], [uuid(), 0]])); // prettier-ignore
  expect([...found.keys()].sort()).toEqual([long.id, short.id].sort());
  expect(found.get(long.id)!.map(({ seq }) => seq)).toEqual(Array.from({ length: PAGE }, (_, place) => place + 6));
  expect(found.get(short.id)!.map(({ seq }) => seq)).toEqual([2]);
});
