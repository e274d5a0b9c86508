import { hash32, SeededChoice } from './hash.js';
import { writeBard, writeSage, writeScout, writeSkeptic } from './styles.js';
import type { Assignment } from './styles.js';
import type { Turn } from './call.js';
import { cutWords, topicOf } from './topic.js';

/** One manner of answering: its speed, its prices (USD per million tokens) and its way of writing. */
export interface Voice {
  readonly id: string;
  readonly name: string;
  /** Deltas per second. */
  readonly rate: number;
  /** Milliseconds to the first delta. */
  readonly ttft: number;
  readonly prices: { readonly input: number; readonly cachedInput: number; readonly output: number };
  readonly contextWindow: number;
  readonly maxOutputTokens: number;
  readonly write: (assignment: Assignment) => string;
}

const sizes = { contextWindow: 200_000, maxOutputTokens: 32_000 };

export const voices: readonly Voice[] = [
  {
    id: 'sim-sage',
    name: 'Sage (simulated)',
    rate: 45,
    ttft: 450,
    prices: { input: 3, cachedInput: 0.3, output: 15 },
    ...sizes,
    write: writeSage,
  },
  {
    id: 'sim-bard',
    name: 'Bard (simulated)',
    rate: 24,
    ttft: 600,
    prices: { input: 2, cachedInput: 0.2, output: 10 },
    ...sizes,
    write: writeBard,
  },
  {
    id: 'sim-scout',
    name: 'Scout (simulated)',
    rate: 90,
    ttft: 150,
    prices: { input: 0.1, cachedInput: 0.01, output: 0.5 },
    ...sizes,
    write: writeScout,
  },
  {
    id: 'sim-skeptic',
    name: 'Skeptic (simulated)',
    rate: 35,
    ttft: 320,
    prices: { input: 1, cachedInput: 0.1, output: 5 },
    ...sizes,
    write: writeSkeptic,
  },
];

const byId = new Map(voices.map((voice) => [voice.id, voice]));

/** The voice of that name; any other name gets one of the four styles, always the same for the same name. */
export function voiceOf(base: string): Voice {
  return byId.get(base) ?? (voices[hash32(base) % voices.length] as Voice);
}

function leadOf(system: string, turns: readonly Turn[]): string {
  const said: string[] = [];
  if (system) said.push(`I keep to my instructions (“${cutWords(system.slice(0, 500), 10)}”). `);
  const earlier = turns.filter((turn) => turn.role === 'user').slice(0, -1);
  const last = earlier.at(-1);
  if (last) {
    const count =
      earlier.length === 1
        ? 'Earlier you asked'
        : `This is question ${earlier.length + 1} of our conversation; before it you asked`;
    said.push(`${count} “${topicOf(last.text).quote}”, and I build on that. `);
  }
  return said.join('');
}

/** The voice's own answer: the same for the same voice, question, system prompt and earlier turns. */
export function composeAnswer(base: string, question: string, system = '', turns: readonly Turn[] = []): string {
  const topic = topicOf(question);
  const seed = [base, system, ...turns.slice(0, -1).map((turn) => turn.text), question].join('\0');
  return voiceOf(base).write({ topic, lead: leadOf(system, turns), choose: new SeededChoice(seed) });
}
