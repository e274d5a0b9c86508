import { type DynamicModule, Module } from '@nestjs/common';
import { ComparisonsModule } from '@polyphony/comparisons';
import type { Config } from '@polyphony/config';
import { EventsModule } from '@polyphony/events';
import { Providers } from '@polyphony/providers';
import { QueueModule, concurrencyOf } from '@polyphony/queue';
import { StorageModule } from '@polyphony/storage';
import type { TroubleLog } from '@polyphony/telemetry';
import { AnswerHandler } from './answer/answer.handler.js';
import { ChosenModels } from './assess/chosen-models.js';
import { DigestHandler } from './assess/digest.handler.js';
import { RankHandler } from './assess/rank.handler.js';
import { StepCalls } from './assess/step-calls.js';
import { StepWork } from './assess/step-work.js';
import { SummariseHandler } from './assess/summarise.handler.js';
import { SynthesiseHandler } from './assess/synthesise.handler.js';
import { Billing } from './process/billing.js';
import { WorkRegistry } from './process/work-registry.js';
import { DeadlineHandler, GraceHandler } from './timers/clock.handlers.js';
import { DiscoverHandler } from './timers/discover.handler.js';
import { SweepHandler } from './timers/sweep.handler.js';
import { WorkerSettings } from './worker-settings.js';

/** Every class that handles a job. Boot fails unless together they handle each job of the catalogue exactly once. */
export const handlerClasses = [
  AnswerHandler,
  SummariseHandler,
  DigestHandler,
  RankHandler,
  SynthesiseHandler,
  DeadlineHandler,
  GraceHandler,
  SweepHandler,
  DiscoverHandler,
];

@Module({})
export class WorkerModule {
  static configure(config: Config, databaseUrl: string, trouble: TroubleLog): DynamicModule {
    const { redisUrl, providers } = config;
    const url = { databaseUrl, ...(redisUrl && { redisUrl }) };
    return {
      module: WorkerModule,
      imports: [
        StorageModule.connect({ url: databaseUrl, poolSize: 12, applicationName: 'polyphony-worker' }),
        EventsModule.open({ ...url, poolSize: 2, flushMs: 25, onTrouble: trouble.report }),
        QueueModule.open({ ...url, poolSize: 6, workers: concurrencyOf(providers.connections).size, onTrouble: trouble.report }),
        ComparisonsModule.configure(config),
      ],
      providers: [
        { provide: Providers, useFactory: () => new Providers(providers) },
        { provide: WorkerSettings, useValue: new WorkerSettings(config) },
        Billing,
        ChosenModels,
        StepCalls,
        StepWork,
        WorkRegistry,
        ...handlerClasses,
      ],
    };
  }
}
