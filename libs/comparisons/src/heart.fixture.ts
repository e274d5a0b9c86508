import 'reflect-metadata';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from '@polyphony/config';
import {
  type Comparison,
  type ComparisonEvent,
  CreateComparison,
  type CreateComparisonInput,
  type Ranking,
} from '@polyphony/contracts';
import { EventLog, EventsModule } from '@polyphony/events';
import { JobQueue, QueueModule } from '@polyphony/queue';
import { Database, StorageModule } from '@polyphony/storage';
import { type TestDatabase, cloneDatabase } from '@polyphony/testing';
import { v7 as uuid } from 'uuid';
import { AnswerRecorder, type ClaimedAnswer, type CompletedCall } from './answer-recorder.js';
import { ComparisonsModule } from './comparisons.module.js';
import { ComparisonControl } from './control.js';
import { ComparisonCreator, type Owner } from './create.js';
import { DiscoveryRecorder } from './discovery.js';
import { Leases } from './leases.js';
import { type ClaimedStep, StepRecorder } from './step-recorder.js';
import { Sweep } from './sweep.js';
import { ComparisonView } from './view.js';

const model = { name: 'x', contextWindow: null, maxOutputTokens: null, prices: { input: 1, output: 4, cachedInput: null, cacheWrite: null }, capabilities: { temperature: null, reasoningEffort: null, structuredOutput: null, images: null } }; // prettier-ignore

/** The heart of one process over a database of its own: storage, log, queue and comparisons, with nobody consuming jobs. */
export class Heart {
  readonly owner: Owner = { workspaceId: uuid(), id: uuid() };
  readonly worker = uuid();

  private constructor(
    private readonly app: INestApplicationContext,
    readonly sql: TestDatabase,
  ) {}

  static async open(): Promise<Heart> {
    const sql = await cloneDatabase();
    const key = 'not a real key';
    const config = loadConfig({
      DATABASE_URL: sql.url,
      POLYPHONY_SECRET: Buffer.alloc(32).toString('base64'),
      OPENAI_API_KEY: key,
    });
    const onTrouble = (error: unknown): void => {
      throw error;
    };
    const url = { databaseUrl: sql.url };
    const app = await NestFactory.createApplicationContext(
      {
        module: class HeartModule {},
        imports: [
          StorageModule.connect({ url: sql.url, poolSize: 12, applicationName: 'heart' }),
          EventsModule.open({ ...url, poolSize: 3, flushMs: 5, onTrouble }),
          QueueModule.open({ ...url, poolSize: 3, workers: 0, onTrouble }),
          ComparisonsModule.configure(config),
        ],
      },
      { logger: false, abortOnError: false },
    );
    const heart = new Heart(app, sql);
    await heart.database.migrate(); // the template is as the last build left it
    await sql.query(`INSERT INTO workspace (id, name) VALUES ($1, 'test')`, [heart.owner.workspaceId]);
    const names = ['a', 'b', 'c', 'd', 'judge'];
    await app.get(DiscoveryRecorder).found('openai', false, names.map((name) => ({ ...model, id: `openai/${name}` }))); // prettier-ignore
    return heart;
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.sql.close();
  }

  get control(): ComparisonControl {
    return this.app.get(ComparisonControl);
  }
  get creator(): ComparisonCreator {
    return this.app.get(ComparisonCreator);
  }
  get recorder(): AnswerRecorder {
    return this.app.get(AnswerRecorder);
  }
  get steps(): StepRecorder {
    return this.app.get(StepRecorder);
  }
  get leases(): Leases {
    return this.app.get(Leases);
  }
  get sweep(): Sweep {
    return this.app.get(Sweep);
  }
  get log(): EventLog {
    return this.app.get(EventLog);
  }
  get database(): Database {
    return this.app.get(Database);
  }
  get queue(): JobQueue {
    return this.app.get(JobQueue);
  }

  /** A stored comparison of the models a, b, … (two unless said), and its answers' ids in slot order. */
  async comparison(change: Partial<CreateComparisonInput> & { slots?: number } = {}): Promise<{ id: string; answers: string[] }> {
    const { slots = 2, ...members } = change;
    const panel = ['a', 'b', 'c', 'd'].slice(0, slots).map((name) => `openai/${name}`);
    const request = CreateComparison.parse({ prompt: 'Why?', panel, ...members });
    const { comparison } = await this.creator.create(this.owner, request, null);
    return { id: comparison.id, answers: comparison.answers.map((answer) => answer.id) };
  }

  view(id: string): Promise<Comparison> {
    return this.app.get(ComparisonView).get(this.owner.workspaceId, id);
  }

  async claim(answerId: string, owner = this.worker): Promise<ClaimedAnswer> {
    const claimed = await this.recorder.claim(answerId, owner, 8_000);
    if (!claimed) throw new Error('There was nothing to claim.');
    return claimed;
  }

  /** Claims an answer, streams its text into the log and completes it. */
  async answer(answerId: string, text = 'Because.'): Promise<ClaimedAnswer> {
    const claimed = await this.claim(answerId);
    await this.stream(claimed, text);
    if (!(await this.recorder.complete(claimed, completed(text)))) throw new Error('The answer was not stored.');
    return claimed;
  }

  async stream({ comparisonId, answerId, attempt }: ClaimedAnswer, text: string): Promise<void> {
    const sink = this.log.flusher.open(
      {
        comparisonId,
        fence: { id: answerId, attempt },
        event: (piece) => ({ type: 'answer.delta', answerId, attempt, text: piece }),
      },
      () => undefined,
    );
    sink.push(text);
    await sink.drain();
    sink.close();
  }

  async streamSynthesis({ comparisonId, step }: ClaimedStep, text: string): Promise<void> {
    const { id, version, attempt } = step;
    const sink = this.log.flusher.open(
      {
        comparisonId,
        fence: { id, attempt },
        event: (piece) => ({ type: 'synthesis.delta', version, attempt: attempt * 100, text: piece }),
      },
      () => undefined,
    );
    sink.push(text);
    await sink.drain();
    sink.close();
  }

  /** Works on steps of these kinds until none is due; all kinds unless said. Returns what it did, in order. */
  async work(id: string, kinds = ['summarise', 'digest', 'rank', 'synthesise']): Promise<string[]> {
    const done: string[] = [];
    for (;;) {
      const [due] = await this.sql.query<{ id: string }>(
        `SELECT id FROM step WHERE comparison_id = $1 AND status = 'queued' AND kind = ANY ($2) ORDER BY array_position($2, kind), id LIMIT 1`,
        [id, kinds],
      );
      if (!due) return done;
      done.push(await this.step(due.id));
    }
  }

  async step(stepId: string): Promise<string> {
    const claimed = await this.steps.claim(stepId, this.worker, 8_000);
    if (!claimed) throw new Error('There was no step to claim.');
    return this.finishStep(claimed);
  }

  async finishStep(claimed: ClaimedStep): Promise<string> {
    const answerIds = claimed.answers.map((answer) => answer.id);
    const common = { text: 'x', reasoning: 'x', keyPoints: [], basis: 'model' as const };
    if (claimed.step.kind === 'summarise') await this.steps.completeAnswerSummary(claimed, common, null);
    else if (claimed.step.kind === 'digest') await this.steps.completeDigest(claimed, { ...common, consensus: [], contradictions: [], uniqueInsights: [], blindSpots: [], answerIds }, null); // prettier-ignore
    else if (claimed.step.kind === 'rank') await this.steps.completeRanking(claimed, verdictOf(answerIds), [{ judge: 'openai/judge', agree: 1, total: 1 }], null); // prettier-ignore
    else await this.steps.completeSynthesis(claimed, { text: 'x', model: 'openai/judge', answerIds, usage: null, cost: { usd: null, basis: 'unknown' } }); // prettier-ignore
    return claimed.step.kind;
  }

  async events(id: string): Promise<ComparisonEvent[]> {
    return (await this.log.reader.after(new Map([[id, 0]]))).get(id) ?? [];
  }

  /** The types of all events in order; a status with what it became, deltas left out. */
  async told(id: string): Promise<string[]> {
    return (await this.events(id))
      .filter(({ type }) => type !== 'answer.delta')
      .map((event) => (event.type === 'comparison.status' ? event.status : event.type));
  }

  /** Makes it look as though so many milliseconds had passed for every clock of this comparison and its leases. */
  async elapse(id: string, ms: number): Promise<void> {
    const past = (column: string): string => `${column} = ${column} - ${ms} * interval '1 millisecond'`;
    await this.sql.query(`UPDATE comparison SET ${past('deadline_at')}, ${past('grace_until')} WHERE id = $1`, [id]);
    await this.sql.query(`UPDATE answer SET ${past('lease_until')}, ${past('queued_at')}, ${past('not_before')} WHERE comparison_id = $1`, [id]); // prettier-ignore
    await this.sql.query(`UPDATE step SET ${past('lease_until')}, ${past('created_at')} WHERE comparison_id = $1`, [id]);
  }
}

export function completed(text = 'Because.'): CompletedCall {
  return {
    text,
    finishReason: 'stop',
    usage: { inputTokens: 3, outputTokens: 4, cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null },
    provider: { requestId: null, responseId: null, conversationId: null, model: null, rateLimit: null },
    cost: { nanos: 1_000n, basis: 'exact' },
    timeToFirstTokenMs: 1,
    tokensPerSecond: 1,
  };
}

function verdictOf(answerIds: string[]): Omit<Ranking, 'version' | 'createdAt'> {
  const places = answerIds.map((answerId, place) => ({
    answerId,
    place: place + 1,
    score: 1 - place / 10,
    meanScore: 50,
    flags: [],
  }));
  return { mode: 'panel', outcome: 'clear', places, unranked: [], confidence: 0.9, judges: [], explanation: 'x', answerIds };
}
