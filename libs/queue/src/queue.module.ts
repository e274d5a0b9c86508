import { type DynamicModule, Global, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { type QueueBackend, type QueueSettings, openBackend } from './backend.js';
import { type Concurrency, type Handlers, JobHost } from './host.js';
import { JobProducer } from './producer.js';

export interface QueueOptions extends QueueSettings {
  /** How many queues this process will consume. */
  readonly workers: number;
  readonly onTrouble: (error: unknown, job?: { name: string; id?: string }) => void;
}

/** The queues as one process uses them: a producer always, a host where jobs are worked on. */
@Injectable()
export class JobQueue implements OnApplicationShutdown {
  readonly producer: JobProducer;
  private readonly backend: QueueBackend;
  private host: JobHost | null = null;

  private constructor(private readonly options: QueueOptions) {
    this.backend = openBackend(options, options.workers);
    this.producer = new JobProducer(this.backend, options.onTrouble);
  }

  /** Connects. From the first job on, a producer fails at once while Redis is away, so it must not start before it is there. */
  static async open(options: QueueOptions): Promise<JobQueue> {
    const queue = new JobQueue(options);
    await queue.backend.ready();
    return queue;
  }

  async consume(handlers: Handlers, concurrency: Concurrency): Promise<void> {
    this.host = new JobHost(this.backend, handlers, this.options.onTrouble);
    await this.host.start(concurrency);
  }

  /** Takes no further job; resolves when the running ones have ended. */
  async drain(): Promise<void> {
    await this.host?.drain();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.producer.close();
    await this.backend.close();
  }
}

@Global()
@Module({})
export class QueueModule {
  static open(options: QueueOptions): DynamicModule {
    return {
      module: QueueModule,
      providers: [{ provide: JobQueue, useFactory: () => JobQueue.open(options) }],
      exports: [JobQueue],
    };
  }
}
