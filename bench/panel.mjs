import { expectedText } from '@polyphony/simulator';

/** Enough for the longest answer asked for here; the same limit is sent by both sides. */
export const maxOutputTokens = 4096;

/**
 * The four calls every measurement is about: three wire formats, one of them twice.
 * @typedef {{ provider: 'anthropic' | 'openai' | 'chat', model: string }} Call `model` is the provider's own id
 */
const seats = [
  { provider: 'anthropic', voice: 'sim-sage' },
  { provider: 'openai', voice: 'sim-bard' },
  { provider: 'chat', voice: 'sim-scout' },
  { provider: 'chat', voice: 'sim-skeptic' },
];

/**
 * @param {{ tokens: number, rate: number }} answers how long each is, and how many tokens a second it comes at (0: at once)
 * @returns {Call[]}
 */
export function callsOf({ tokens, rate }) {
  return seats.map(({ provider, voice }) => ({ provider, model: `${voice}+tokens=${tokens}+rate=${rate}+ttft=0` }));
}

/** @param {Call[]} calls @param {string} prompt what each of them answers, byte for byte */
export function expectedTexts(calls, prompt) {
  return calls.map(({ model }) => expectedText(model, prompt, { maxTokens: maxOutputTokens }));
}

/** Where the simulator speaks each of the formats, as the vendors' SDKs expect it. @param {string} simulator */
export function baseUrls(simulator) {
  return { anthropic: `${simulator}/anthropic`, openai: `${simulator}/openai/v1`, chat: `${simulator}/openai/v1` };
}
