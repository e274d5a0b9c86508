import type { ClaimedStep, StepRecorder } from '@polyphony/comparisons';
import type { Synthesis } from '@polyphony/contracts';
import type { DeltaStream, EventLog } from '@polyphony/events';
import type { Work } from '../process/work-registry.js';
import type { ChosenModels } from './chosen-models.js';
import type { StepCalls } from './step-calls.js';
import type { StepWork } from './step-work.js';
import { SynthesiseHandler } from './synthesise.handler.js';

const [stepId, a, b] = ['019a0000-0000-7000-8000-000000000001', '019a0000-0000-7000-8000-00000000000a', '019a0000-0000-7000-8000-00000000000b'] as const; // prettier-ignore

it('keeps what a failed start wrote apart from what the next one writes, however late either is stored', async () => {
  const opened: { stream: DeltaStream; text: string }[] = [];
  const log = {
    flusher: {
      open: (stream: DeltaStream) => {
        const entry = { stream, text: '' };
        opened.push(entry);
        return { push: (text: string) => void (entry.text += text), drain: async () => undefined, close: () => undefined };
      },
    },
  } as unknown as EventLog;
  const stored: Synthesis[] = [];
  const recorder = {
    costOf: async () => ({ usd: '0', basis: 'exact' }),
    completeSynthesis: async (_: ClaimedStep, synthesis: Synthesis) => stored.push(synthesis),
  } as unknown as StepRecorder;
  const calls = {
    stream: async (...[, , , , onText, onRestart]: Parameters<StepCalls['stream']>) => {
      onText('half of i');
      onRestart!();
      onText('the ');
      onText('whole');
      return { ok: true, value: 'the whole', usage: null };
    },
  } as unknown as StepCalls;
  const claimed = {
    comparisonId: 'c',
    step: { id: stepId, attempt: 2, version: 3 },
    question: { prompt: 'Why?', system: null },
    spec: { summary: false, ranking: 'none', synthesis: true },
    answers: [{ id: a, text: 'Because.', slot: 0 }, { id: b, text: 'So.', slot: 1 }],
    ranking: { places: [{ answerId: b }, { answerId: a }] },
  } as unknown as ClaimedStep; // prettier-ignore
  const steps = {
    run: (_: string, work: Parameters<StepWork['run']>[1]) => work(claimed, {} as Work, true),
  } as unknown as StepWork;
  const models = { synthesizer: async () => 'openai/gpt' } as unknown as ChosenModels;

  await new SynthesiseHandler(steps, calls, models, recorder, log).handle({ stepId });

  expect(opened.map(({ stream, text }) => stream.event(text))).toEqual([
    { type: 'synthesis.delta', version: 3, attempt: 200, text: 'half of i' },
    { type: 'synthesis.delta', version: 3, attempt: 201, text: 'the whole' },
  ]);
  expect(opened.map(({ stream }) => stream.fence)).toEqual([{ id: stepId, attempt: 2 }, { id: stepId, attempt: 2 }]); // prettier-ignore
  expect(stored).toMatchObject([{ text: 'the whole', model: 'openai/gpt', answerIds: [b, a] }]);
});
