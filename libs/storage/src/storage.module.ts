import { type DynamicModule, Global, Inject, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Database, type DatabaseOptions } from './database.js';
import { AccountRepository } from './repositories/account.repository.js';
import { AnswerRepository } from './repositories/answer.repository.js';
import { AssessmentRepository } from './repositories/assessment.repository.js';
import { CallRepository } from './repositories/call.repository.js';
import { ComparisonRepository } from './repositories/comparison.repository.js';
import { ModelRepository } from './repositories/model.repository.js';
import { StepRepository } from './repositories/step.repository.js';
import { UpkeepRepository } from './repositories/upkeep.repository.js';

const repositories = [
  AccountRepository,
  AnswerRepository,
  AssessmentRepository,
  CallRepository,
  ComparisonRepository,
  ModelRepository,
  StepRepository,
  UpkeepRepository,
];

@Injectable()
class DatabaseCloser implements OnApplicationShutdown {
  constructor(@Inject(Database) private readonly database: Database) {}
  onApplicationShutdown(): Promise<void> {
    return this.database.close();
  }
}

/** The database and its repositories, for every module of the process. */
@Global()
@Module({})
export class StorageModule {
  static connect(options: DatabaseOptions): DynamicModule {
    return {
      module: StorageModule,
      providers: [{ provide: Database, useFactory: () => Database.connect(options) }, DatabaseCloser, ...repositories],
      exports: [Database, ...repositories],
    };
  }
}
