import type { Call } from './call.js';
import { hash32 } from './hash.js';
import type { Purpose } from './journal.js';
import type { Modifiers } from './model-name.js';
import { composeStructured, purposeOf } from './structured.js';
import { cutWords, topicOf } from './topic.js';
import { composeAnswer } from './voices.js';

export type Finish = 'stop' | 'length' | 'filter' | 'refusal';

/** What the simulated model says, cut into the deltas it is sent in, and why it stops. */
export interface Reply {
  readonly purpose: Purpose;
  readonly deltas: readonly string[];
  readonly finish: Finish;
}

/** After how many deltas a fault in mid-stream happens when the model name does not say. */
export const defaultFaultPosition = 5;
const hugeLineBytes = 1 << 20;
const multiByte = 'é漢🙂';

/** Everything that is for a program rather than a reader: what the judge modifiers and the faster pace apply to. */
export function isStructured(purpose: Purpose): boolean {
  return purpose === 'judge' || purpose === 'summary' || purpose === 'digest' || purpose === 'json';
}

/** Words that name their place, the question and the model, so that loss, doubling and mixing all show. */
function numberedDeltas(count: number, size: number | undefined, mark: string): string[] {
  const deltas: string[] = [];
  for (let index = 0; index < count; index++) {
    const word = `${index + 1}.${mark} `;
    deltas.push(size === undefined || word.length >= size ? word : `${word.slice(0, -1)}${'.'.repeat(size - word.length)} `);
  }
  return deltas;
}

/** Cuts a text at words or, with `size`, into pieces of at most that many bytes (a character is never cut). */
function cutIntoDeltas(text: string, size: number | undefined): string[] {
  if (size === undefined) return text.match(/\s*\S+(?:\s+$)?/gu) ?? (text ? [text] : []);
  const deltas: string[] = [];
  let piece = '';
  let bytes = 0;
  for (const character of text) {
    const length = Buffer.byteLength(character);
    if (bytes > 0 && bytes + length > size) {
      deltas.push(piece);
      piece = '';
      bytes = 0;
    }
    piece += character;
    bytes += length;
  }
  if (piece) deltas.push(piece);
  return deltas;
}

function spokenDeltas(call: Call, purpose: Purpose, modifiers: Modifiers): string[] {
  if (isStructured(purpose) && !modifiers.badJudge) return cutIntoDeltas(composeStructured(call, purpose), modifiers.size);
  if (modifiers.tokens !== undefined && !isStructured(purpose)) {
    const mark = hash32(`${call.model.full}\0${call.question}`).toString(36).padStart(7, '0').slice(-5);
    return numberedDeltas(modifiers.tokens, modifiers.size, mark);
  }
  if (purpose === 'synthesis') return cutIntoDeltas(composeStructured(call, purpose), modifiers.size);
  if (isStructured(purpose))
    return cutIntoDeltas(
      'Simulated prose where JSON was asked for: they are all rather good, I could not possibly choose.',
      modifiers.size,
    );
  return cutIntoDeltas(composeAnswer(call.model.base, call.question, call.system, call.turns), modifiers.size);
}

/** Plans the whole reply to a call; the same call always gets the same reply. */
export function planReply(call: Call, purpose: Purpose = purposeOf(call)): Reply {
  const modifiers = call.model.modifiers;
  const at = modifiers.at ?? defaultFaultPosition;
  if (modifiers.refusal || (modifiers.refuseJudge && isStructured(purpose))) {
    const text = `I can’t help with “${cutWords(topicOf(call.question).quote, 12)}”. This is a simulated refusal.`;
    return { purpose, deltas: cutIntoDeltas(text, modifiers.size), finish: 'refusal' };
  }
  let deltas = spokenDeltas(call, purpose, modifiers);
  if (modifiers.splitUtf8) deltas = deltas.map((delta) => (isStructured(purpose) ? delta : delta + multiByte));
  if (modifiers.hugeLine) deltas.splice(Math.min(at, deltas.length), 0, 'x'.repeat(hugeLineBytes));
  if (modifiers.filter) return { purpose, deltas: deltas.slice(0, at), finish: 'filter' };
  const most = Math.min(call.maxTokens, modifiers.length ? at : Number.POSITIVE_INFINITY);
  return deltas.length > most
    ? { purpose, deltas: deltas.slice(0, most), finish: 'length' }
    : { purpose, deltas, finish: 'stop' };
}
