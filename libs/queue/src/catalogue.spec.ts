import { jobs, queueOf, sharedQueues } from './catalogue.js';

const id = '019a0000-0000-7000-8000-00000000000a';

it('sends the answers of each provider through a queue of their own, everything else through the shared ones', () => {
  expect(queueOf({ name: 'answer', provider: 'openai' })).toBe('answers-openai');
  const others = Object.entries(jobs).filter(([name]) => name !== 'answer');
  for (const [name] of others) expect(sharedQueues).toContain(queueOf({ name: name as keyof typeof jobs }));
});

it('carries ids and nothing else', () => {
  expect(jobs.answer.payload.safeParse({ answerId: id }).success).toBe(true);
  for (const bad of [{}, { answerId: 'x' }, { answerId: id, prompt: 'secret' }]) expect(jobs.answer.payload.safeParse(bad).success).toBe(false); // prettier-ignore
  expect(jobs.sweep.payload.safeParse({}).success).toBe(true);
});
