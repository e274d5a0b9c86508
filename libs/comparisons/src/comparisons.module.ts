import { type DynamicModule, Global, Module } from '@nestjs/common';
import type { Config } from '@polyphony/config';
import { AnswerRecorder } from './answer-recorder.js';
import { ComparisonControl } from './control.js';
import { ComparisonCreator, CreateSettings } from './create.js';
import { DiscoveryRecorder } from './discovery.js';
import { Leases } from './leases.js';
import { CatalogueSettings, ModelCatalogue } from './model-catalogue.js';
import { Progress } from './progress.js';
import { Retention } from './retention.js';
import { StepRecorder } from './step-recorder.js';
import { Sweep } from './sweep.js';
import { Transitions } from './transitions.js';
import { ComparisonView } from './view.js';

const services = [
  AnswerRecorder,
  ComparisonControl,
  ComparisonCreator,
  ComparisonView,
  DiscoveryRecorder,
  Leases,
  ModelCatalogue,
  Progress,
  StepRecorder,
  Sweep,
  Transitions,
];

/** The heart: comparisons and everything that may happen to them. Needs storage, queue and events beside it. */
@Global()
@Module({})
export class ComparisonsModule {
  static configure(config: Config): DynamicModule {
    return {
      module: ComparisonsModule,
      providers: [
        ...services,
        { provide: Retention, useValue: new Retention(config.retention.eventsMs) },
        { provide: CreateSettings, useValue: new CreateSettings(config.limits, config.assessment) },
        {
          provide: CatalogueSettings,
          useValue: new CatalogueSettings(config.providers.connections, config.prices),
        },
      ],
      exports: services,
    };
  }
}
