import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Comparison, CreateComparisonInput } from '@polyphony/contracts';
import { type JournalEntry, type Simulator, startSimulator } from '@polyphony/simulator';
import { type Socket, io } from 'socket.io-client';
import { Asked } from './asking/asked.js';
import { EventStream } from './asking/event-stream.js';
import { type HttpReply, type HttpRequest, httpRequest } from './asking/http-request.js';
import type { Backend } from './backends.js';
import { type FileSettings, writeHouseFile } from './house-settings.js';
import { testHasFailed } from './processes/failed-test.js';
import { freePort } from './processes/free-port.js';
import { programs } from './processes/programs.js';
import { ServiceProcess } from './processes/service-process.js';
import { OwnPostgres } from './servers/own-postgres.js';
import { RedisServer } from './servers/redis-server.js';
import { type TestDatabase, cloneDatabase } from './servers/test-database.js';
import { until } from './until.js';

export interface HouseOptions {
  /** API processes; one unless said. */
  apis?: number;
  /** Worker processes; one unless said. */
  workers?: number;
  /** Whether providers have model lists. Without them any name is accepted, modifiers included; that is the default here. */
  lists?: boolean;
  /** Further names on those lists. */
  models?: string[];
  settings?: FileSettings;
  /** Further variables for every process. */
  env?: Record<string, string>;
  /** A PostgreSQL that this house may break. */
  ownPostgres?: boolean;
}

export const adminKey = 'test-administrator-key';

/** A whole Polyphony: real API and worker processes on real servers, and simulated models behind three wire formats. */
export class House {
  readonly apis: ApiProcess[] = [];
  readonly workers: ServiceProcess[] = [];
  simulator!: Simulator;
  database!: TestDatabase;
  redis: RedisServer | null = null;
  private env: NodeJS.ProcessEnv = {};
  private file = '';
  private questions = 0;
  private readonly streams = new Set<EventStream>();
  private readonly sockets = new Set<Socket>();

  constructor(
    private readonly backend: Backend,
    private readonly options: HouseOptions,
  ) {}

  async open(): Promise<void> {
    const { lists = false, models = [], settings = {}, env = {}, ownPostgres = false, apis = 1, workers = 1 } = this.options;
    [this.simulator, this.database, this.redis] = await Promise.all([
      startSimulator({ lists, models }),
      ownPostgres ? OwnPostgres.start() : cloneDatabase(),
      this.backend === 'redis' ? RedisServer.start() : null,
    ]);
    const { url } = this.simulator;
    this.file = writeHouseFile(url, settings);
    this.env = {
      PATH: process.env.PATH,
      LOG_LEVEL: 'info',
      NODE_ENV: 'production',
      DATABASE_URL: this.database.url,
      ...(this.redis && { REDIS_URL: this.redis.url }),
      POLYPHONY_SECRET: Buffer.alloc(32, 1).toString('base64'),
      POLYPHONY_ADMIN_API_KEY: adminKey,
      POLYPHONY_CONFIG: this.file,
      ANTHROPIC_API_KEY: 'key-of-anthropic',
      ANTHROPIC_BASE_URL: `${url}/anthropic`,
      OPENAI_API_KEY: 'key-of-openai',
      OPENAI_BASE_URL: `${url}/openai/v1`,
      CHAT_KEY: 'key-of-chat',
      ...env,
    };
    await Promise.all([
      ...Array.from({ length: apis }, () => this.addApi()),
      ...Array.from({ length: workers }, () => this.addWorker()),
    ]);
    if (workers > 0) await this.becomesReady();
  }

  /** Resolves once the house itself says that a comparison asked now would be answered. */
  async becomesReady(api = 0): Promise<void> {
    await until(
      async () => (await this.http('GET', '/health/ready', { api, key: null })).status === 200,
      'the house is ready',
      30_000,
    );
  }

  async addApi(): Promise<ApiProcess> {
    const api = new ApiProcess(await freePort(), this.apis.length + 1, this.env);
    this.apis.push(api);
    await api.start();
    return api;
  }

  async addWorker(): Promise<ServiceProcess> {
    const index = this.workers.length;
    const worker = new ServiceProcess(`worker-${index + 1}`, programs.worker, {
      ...this.env,
      POLYPHONY_WORKER_INDEX: String(index),
    });
    this.workers.push(worker);
    return worker.start();
  }

  async close(): Promise<void> {
    for (const stream of this.streams) stream.drop();
    for (const socket of this.sockets) socket.disconnect();
    await Promise.all([...this.apis, ...this.workers].map((process) => process.close()));
    await this.simulator?.close();
    await this.redis?.close();
    await this.database?.close();
    if (this.file) rmSync(dirname(this.file), { recursive: true, force: true });
  }

  /** Where an API process is reached. */
  url(api = 0): string {
    return this.apis[api]!.url;
  }

  http(method: string, path: string, { api = 0, ...request }: HttpRequest & { api?: number } = {}): Promise<HttpReply> {
    return httpRequest(this.url(api), method, path, { key: adminKey, ...request });
  }

  /** Submits a comparison over REST and hands back a hold on it. Throws when it is not accepted. */
  async comparison(request: Omit<CreateComparisonInput, 'prompt'> & { prompt?: string }, api = 0): Promise<Asked> {
    const body = { ...(request.messages ? {} : { prompt: this.question() }), ...request };
    const reply = await this.http('POST', '/v1/comparisons', { body, api });
    if (reply.status !== 202) throw new Error(`The comparison was not accepted: ${reply.status} ${reply.text}`);
    return new Asked(this, reply.json as Comparison, api);
  }

  /** A question nobody has asked before. */
  question(): string {
    return `What is to be said about matter number ${++this.questions} of ${process.pid}?`;
  }

  events(id: string, options: { after?: number; lastEventId?: number; api?: number } = {}): EventStream {
    const stream = new EventStream(this.url(options.api), id, adminKey, options);
    this.streams.add(stream);
    return stream;
  }

  socket({ api = 0, token = adminKey }: { api?: number; token?: string } = {}): Socket {
    const socket = io(this.url(api), { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    this.sockets.add(socket);
    return socket;
  }

  /** Calls the simulated providers have seen, model lists left out; of one comparison's question, if given. */
  calls(questionHash?: string): JournalEntry[] {
    return this.simulator.journal
      .entries()
      .filter((entry) => entry.model !== null && (questionHash === undefined || entry.questionHash === questionHash));
  }

  /** What every process has written. */
  logs(): string {
    return [...this.apis, ...this.workers].map(({ name, output }) => `--- ${name}\n${output.slice(-6_000)}`).join('\n');
  }
}

/** An API process, at the same address over all its lives. */
export class ApiProcess extends ServiceProcess {
  readonly url: string;

  constructor(port: number, number: number, env: NodeJS.ProcessEnv) {
    super(`api-${number}`, programs.api, { ...env, PORT: String(port) });
    this.url = `http://127.0.0.1:${port}`;
  }
}

/** A house for all tests of the enclosing `describe`. When a test fails, what the processes wrote is shown. */
export function useHouse(backend: Backend, options: HouseOptions = {}): House {
  const house = new House(backend, options);
  jest.setTimeout(90_000);
  beforeAll(() => house.open());
  afterEach(() => {
    if (testHasFailed()) process.stderr.write(`${house.logs()}\n`);
  });
  afterAll(() => house.close());
  return house;
}
