import type { Ack, Comparison } from '@polyphony/contracts';
import { until, useHouse } from '@polyphony/testing';

const panel = ['chat/sim-scout+tokens=10+rate=0'];

describe('a log that has been trimmed', () => {
  const house = useHouse('postgres', { settings: { retention: { eventsMs: 1 } } });
  let id: string;
  let lastSeq: number;

  beforeAll(async () => {
    const one = await house.comparison({ panel, assessment: { summary: false, ranking: 'none' } });
    ({ id, lastSeq } = await one.ends());
    await until(async () => {
      const rows = await house.database.query(`SELECT 1 FROM event WHERE comparison_id = $1`, [id]);
      return rows.length === 0;
    }, 'the log is trimmed');
  });

  it('starts an event stream with a snapshot, and closes it when nothing more can follow', async () => {
    const stream = house.events(id);
    await stream.closed;
    expect(stream.snapshot).toMatchObject({ seq: lastSeq, snapshot: { id, status: 'completed', lastSeq } });
    expect(stream.events).toEqual([]);
    const over = house.events(id, { lastEventId: lastSeq });
    await over.closed;
    expect(over.status).toBe(204);
  });

  it('gives a socket that asks from the start a snapshot instead', async () => {
    const socket = house.socket();
    const reply = (await socket.emitWithAck('comparison:watch', { comparisonId: id, after: 0 })) as Ack<{
      seq: number;
      snapshot?: Comparison;
    }>;
    expect(reply).toMatchObject({ ok: true, seq: lastSeq, snapshot: { id, answers: [{ status: 'completed' }] } });
  });

  it('goes on, without a hole, when an answer is asked for again', async () => {
    const stream = house.events(id, { after: lastSeq });
    const { answers } = (await house.http('GET', `/v1/comparisons/${id}`)).json as Comparison;
    expect((await house.http('POST', `/v1/comparisons/${id}/answers/${answers[0]!.id}/retry`)).status).toBe(202);
    // Nothing more could follow when the stream was asked for, so it was told so; a new one sees what followed.
    await stream.closed;
    const again = house.events(id, { after: lastSeq });
    await again.event(({ type }) => type === 'comparison.completed', 'the end');
    expect(again.events.map(({ seq }) => seq)).toEqual(again.events.map((_, place) => lastSeq + 1 + place));
  });
});
