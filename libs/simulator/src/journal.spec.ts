import { Journal } from './journal.js';
import type { JournalEntry } from './journal.js';

const begin = (journal: Journal, model = 'm'): JournalEntry =>
  journal.begin({
    path: '/v1/responses',
    format: 'responses',
    model,
    questionHash: '00000000',
    purpose: 'answer',
    stream: true,
    credential: 'bearer',
    keyHint: 'ests',
    requestId: 'req_1',
    inputTokens: 10,
  });

describe('the journal', () => {
  it('keeps a bounded list but bills and counts everything', () => {
    const journal = new Journal(10);
    for (let index = 0; index < 100; index++) journal.finish(begin(journal), 'completed', { input: 100, output: 500 });
    expect(journal.entries().map((entry) => entry.id)).toEqual([91, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
    expect(journal.entries(98).map((entry) => entry.id)).toEqual([99, 100]);
    expect(journal.bill()).toMatchObject({ requests: 100, inputTokens: 1000, nanoUsd: 100_000 });
    expect(journal.stats()).toEqual({ requests: 100, active: 0, maxActive: 1 });
  });

  it('ends an entry once and bills nothing for a call that was refused', () => {
    const journal = new Journal();
    const entry = begin(journal);
    journal.finish(entry, 'faulted', null);
    journal.finish(entry, 'completed', { input: 100, output: 500 });
    expect(entry.outcome).toBe('faulted');
    expect(journal.bill().requests).toBe(0);
  });

  it('does not bill what began before it was cleared', () => {
    const journal = new Journal();
    const entry = begin(journal);
    journal.clear();
    expect(journal.stats().active).toBe(1);
    journal.finish(entry, 'completed', { input: 100, output: 500 });
    expect(journal.bill()).toEqual({ requests: 0, inputTokens: 0, outputTokens: 0, nanoUsd: 0, byModel: {} });
  });
});
