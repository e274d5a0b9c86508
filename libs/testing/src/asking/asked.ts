import { type Answer, type Comparison, type ComparisonEvent, type ModelId, parseModelId } from '@polyphony/contracts';
import { type JournalEntry, expectedText, questionHash } from '@polyphony/simulator';
import type { HouseReach } from './house-reach.js';
import { until } from '../until.js';
import { violationsOf } from './log-invariants.js';

const ends: ReadonlySet<string> = new Set(['completed', 'failed', 'cancelled']);

/** A comparison that was asked, as tests follow it. */
export class Asked {
  readonly id: string;
  readonly prompt: string;

  constructor(
    private readonly house: HouseReach,
    readonly accepted: Comparison,
    private readonly api: number,
  ) {
    this.id = accepted.id;
    this.prompt = accepted.prompt ?? accepted.messages!.at(-1)!.content;
  }

  async read(): Promise<Comparison> {
    const reply = await this.house.http('GET', `/v1/comparisons/${this.id}`, { api: this.api });
    if (reply.status !== 200) throw new Error(`${reply.status} ${reply.text}`);
    return reply.json as Comparison;
  }

  async answer(slot: number): Promise<Answer> {
    return (await this.read()).answers[slot]!;
  }

  /** Waits until the comparison as read shows something. */
  async shows(matches: (comparison: Comparison) => boolean, what: string, patienceMs = 30_000): Promise<Comparison> {
    let seen: Comparison | undefined;
    try {
      return await until(
        async () => {
          seen = await this.read();
          return matches(seen) && seen;
        },
        `the comparison shows ${what}`,
        patienceMs,
      );
    } catch (error) {
      (error as Error).message +=
        ` It is ${seen?.status}: ${seen?.answers.map(({ status, text }) => `${status} (${text.length} characters)`).join(', ')}.`;
      throw error;
    }
  }

  /** Waits until it is over and nothing of it is still being written. */
  ends(patienceMs = 30_000): Promise<Comparison> {
    return this.shows(
      ({ status, answers }) =>
        ends.has(status) && answers.every((answer) => answer.status !== 'queued' && answer.status !== 'streaming'),
      'its end',
      patienceMs,
    );
  }

  /** Waits until this slot has written at least so many characters. */
  hasWritten(slot: number, characters = 1): Promise<Comparison> {
    return this.shows(({ answers }) => answers[slot]!.text.length >= characters, `${characters} characters in slot ${slot}`);
  }

  /** The whole log so far, from the first event; the comparison must have ended. */
  async log(): Promise<ComparisonEvent[]> {
    const events: ComparisonEvent[] = [];
    const { lastSeq } = await this.read();
    while ((events.at(-1)?.seq ?? 0) < lastSeq) {
      const stream = this.house.events(this.id, { after: events.at(-1)?.seq ?? 0, api: this.api });
      await stream.closed;
      if (stream.events.length === 0) throw new Error(`The log ends before seq ${lastSeq}.`);
      events.push(...stream.events);
    }
    return events;
  }

  /** Everything that is wrong with how it went: log, texts, costs. Empty when all is well. */
  async violations(): Promise<string[]> {
    const comparison = await this.read();
    return violationsOf(comparison, await this.log());
  }

  /** What the model of a slot answers to the question when nothing breaks its stream. */
  expectedText(model: ModelId): string {
    return expectedText(parseModelId(model).model, this.prompt);
  }

  /** The calls the simulated providers have seen for this question's answers. */
  calls(): JournalEntry[] {
    return this.house.calls(questionHash(this.prompt)).filter(({ purpose }) => purpose === 'answer');
  }

  post(path: string, body: unknown = {}): ReturnType<HouseReach['http']> {
    return this.house.http('POST', `/v1/comparisons/${this.id}/${path}`, { body, api: this.api });
  }
}
