import { readFileSync } from 'node:fs';
import { adminKey, onBothBackends, submitAtOnce, until, useHouse } from '@polyphony/testing';

const bursts = Number(process.env.ENDURANCE_BURSTS ?? 12);
const many = 300;
const panel = [
  'anthropic/sim-sage+tokens=30+rate=100',
  'openai/sim-bard+tokens=30+rate=100',
  'chat/sim-scout+tokens=30+rate=100',
  'chat/sim-skeptic+tokens=30+rate=100',
];

onBothBackends(`${bursts} bursts of ${many} comparisons of four answers`, (backend) => {
  const house = useHouse(backend, { workers: 2 });

  it(
    'are each answered within two seconds, whatever is accepted ends, and memory stays flat',
    async () => {
      await (await house.comparison({ panel })).ends();
      const rounds: { accepted: number; refused: number; slowestMs: number; seconds: number; megabytes: number }[] = [];
      for (let burst = 0; burst < bursts; burst++) {
        const startedAt = Date.now();
        const bodies = Array.from({ length: many }, () => ({
          prompt: house.question(),
          panel,
          assessment: { summary: false, ranking: 'none' },
        }));
        const replies = await submitAtOnce(house.url(), adminKey, bodies);
        for (const { status } of replies) expect([202, 429, 503]).toContain(status);
        const [row] = await until(
          async () => {
            const rows = await house.database.query<{ count: number; open: number }>(
              `SELECT count(*)::int AS count, (count(*) FILTER (WHERE status NOT IN ('completed', 'failed', 'cancelled')))::int AS open FROM comparison`,
            );
            return rows[0]!.open === 0 && rows;
          },
          'everything accepted has ended',
          120_000,
        );
        const accepted = replies.filter(({ status }) => status === 202).length;
        rounds.push({
          accepted,
          refused: many - accepted,
          slowestMs: Math.max(...replies.map(({ tookMs }) => tookMs)),
          seconds: Math.round((Date.now() - startedAt) / 1000),
          megabytes: Math.round([...house.apis, ...house.workers].reduce((sum, { pid }) => sum + residentMegabytes(pid!), 0)),
        });
        expect(row!.count).toBe(1 + rounds.reduce((sum, round) => sum + round.accepted, 0));
      }
      process.stdout.write(`${JSON.stringify({ backend, rounds })}\n`);
      const failed = await house.database.query(`SELECT 1 FROM comparison WHERE status <> 'completed'`);
      expect(failed).toEqual([]);
      expect(Math.max(...rounds.map(({ slowestMs }) => slowestMs))).toBeLessThan(2_000);
      expect(rounds.at(-1)!.megabytes).toBeLessThan(rounds[Math.floor(bursts / 2)]!.megabytes * 1.2);
    },
    10 * 60_000,
  );
});

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
}
