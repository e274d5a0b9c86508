import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AccountsModule } from '@polyphony/accounts';
import { ComparisonsModule } from '@polyphony/comparisons';
import type { Config } from '@polyphony/config';
import { EventsModule } from '@polyphony/events';
import { QueueModule } from '@polyphony/queue';
import { StorageModule } from '@polyphony/storage';
import type { TroubleLog } from '@polyphony/telemetry';
import { ApiSettings } from './api-settings.js';
import { AuthController } from './auth/auth.controller.js';
import { Admission } from './auth/admission.js';
import { AuthGuard } from './auth/auth.guard.js';
import { ComparisonsController } from './comparisons/comparisons.controller.js';
import { ComparisonsGateway } from './comparisons/comparisons.gateway.js';
import { EventsController } from './comparisons/events.controller.js';
import { SubmissionGate } from './comparisons/submission-gate.js';
import { ModelsController } from './models/models.controller.js';
import { Metrics } from './operations/metrics.js';
import { OperationsController } from './operations/operations.controller.js';
import { Readiness } from './operations/readiness.js';

@Module({})
export class ApiModule {
  static configure(config: Config, databaseUrl: string, trouble: TroubleLog): DynamicModule {
    const { redisUrl } = config;
    const url = { databaseUrl, ...(redisUrl && { redisUrl }) };
    return {
      module: ApiModule,
      imports: [
        StorageModule.connect({ url: databaseUrl, poolSize: 16, applicationName: 'polyphony-api', connectTimeoutMs: 1_500 }),
        EventsModule.open({ ...url, poolSize: 4, flushMs: 25, onTrouble: trouble.report }),
        QueueModule.open({ ...url, poolSize: 6, workers: 0, onTrouble: trouble.report }),
        ComparisonsModule.configure(config),
        AccountsModule,
      ],
      controllers: [AuthController, ComparisonsController, EventsController, ModelsController, OperationsController],
      providers: [
        { provide: ApiSettings, useValue: new ApiSettings(config) },
        { provide: APP_GUARD, useClass: AuthGuard },
        Admission,
        ComparisonsGateway,
        Metrics,
        Readiness,
        SubmissionGate,
      ],
    };
  }
}
