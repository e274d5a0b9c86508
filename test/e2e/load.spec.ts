import type { Comparison } from '@polyphony/contracts';
import { expectedText } from '@polyphony/simulator';
import { adminKey, onBothBackends, submitAtOnce, until, useHouse } from '@polyphony/testing';

const many = 300;
const panel = ['openai/sim-sage+tokens=20+rate=100+ttft=0', 'chat/sim-scout+tokens=20+rate=100+ttft=0'];

onBothBackends(`${many} comparisons submitted at once`, (backend) => {
  const house = useHouse(backend, { workers: 2 });

  it('are each answered, with when to come back where they are refused, and whatever was accepted ends, whole', async () => {
    await (await house.comparison({ panel })).ends(); // a server is measured warm
    const before = house.calls().length;
    const prompts = Array.from({ length: many }, () => house.question());
    const bodies = prompts.map((prompt) => ({ prompt, panel, assessment: { summary: false, ranking: 'none' } }));
    const replies = await submitAtOnce(house.url(), adminKey, bodies);
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    for (const { status, retryAfter } of replies) {
      expect([202, 429, 503]).toContain(status);
      if (status !== 202) expect(retryAfter).toBeTruthy();
    }
    const wanted = new Map(replies.flatMap(({ status, id }, place) => (status === 202 ? [[id, prompts[place]!] as const] : [])));
    const ended = await until(
      async () => {
        const found = (await allOf()).filter(({ id }) => wanted.has(id));
        return found.length === wanted.size && found.every(({ status }) => status === 'completed') && found;
      },
      'every accepted comparison is completed',
      60_000,
    );
    for (const { id, answers, degraded } of ended) {
      expect(degraded).toBe(false);
      expect(answers.map(({ text }) => text)).toEqual(panel.map((model) => expectedText(model.split('/')[1]!, wanted.get(id)!)));
    }
    expect(house.calls()).toHaveLength(before + 2 * wanted.size);
  });

  async function allOf(): Promise<Comparison[]> {
    const found: Comparison[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await house.http('GET', `/v1/comparisons?limit=100${cursor && `&cursor=${cursor}`}`);
      found.push(...json.items);
      cursor = json.nextCursor;
    }
    return found;
  }
});
