import type { QueueBackend } from './backend.js';
import { type JobName, jobs } from './catalogue.js';
import { Handles, type JobHandler, handledBy } from './handler.js';
import { JobHost, concurrencyOf } from './host.js';

const handler: JobHandler<JobName> = { handle: async () => undefined };
const backend = {} as QueueBackend;

it('does not start unless every job has a handler, and names what is missing', () => {
  const all = new Map((Object.keys(jobs) as JobName[]).map((name) => [name, handler]));
  expect(() => new JobHost(backend, all, () => undefined)).not.toThrow();
  all.delete('rank');
  all.delete('grace');
  expect(() => new JobHost(backend, all, () => undefined)).toThrow('No handler is declared for: rank, grace');
});

it('knows from a class which job it handles', () => {
  @Handles('sweep')
  class SweepHandler {}
  expect(handledBy(SweepHandler)).toBe('sweep');
  expect(handledBy(class {})).toBeUndefined();
});

it('works on the answers of each provider as far as its connection allows, beside steps and timers', () => {
  const connections = [{ id: 'openai', concurrency: 40 }, { id: 'local', concurrency: 2 }]; // prettier-ignore
  expect([...concurrencyOf(connections).keys()]).toEqual(['answers-openai', 'answers-local', 'steps', 'timers']);
  expect(concurrencyOf(connections).get('answers-local')).toBe(2);
});
