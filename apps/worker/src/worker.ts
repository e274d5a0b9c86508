import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { type Config, ConfigError } from '@polyphony/config';
import { type Handlers, JobQueue, type JobHandler, type JobName, concurrencyOf, handledBy } from '@polyphony/queue';
import { Database } from '@polyphony/storage';
import { type Lifecycle, type Logger, NestLogger, TroubleLog } from '@polyphony/telemetry';
import { WorkRegistry } from './process/work-registry.js';
import { DiscoverHandler } from './timers/discover.handler.js';
import { SweepHandler } from './timers/sweep.handler.js';
import { WorkerModule, handlerClasses } from './worker.module.js';

/** How long running answers may go on after SIGTERM before they are handed back, in milliseconds. */
const drainGraceMs = 10_000;

/** Starts one worker: connects, proves that every job has its handler, and takes jobs. */
export async function startWorker(config: Config, logger: Logger): Promise<Lifecycle> {
  if (!config.databaseUrl)
    throw new ConfigError('DATABASE_URL is not set: a worker needs it. npm start brings a database of its own.');
  const trouble = new TroubleLog(logger);
  const app = await NestFactory.createApplicationContext(WorkerModule.configure(config, config.databaseUrl, trouble), {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  if (!(await app.get(Database).isMigrated())) throw new ConfigError('The database is not migrated: run npm run migrate first.');
  const queue = app.get(JobQueue);
  await queue.consume(
    collectHandlers((type) => app.get(type)),
    concurrencyOf(config.providers.connections),
  );
  app.get(DiscoverHandler).start(trouble.report);
  await app.get(SweepHandler).start(trouble.report);
  const registry = app.get(WorkRegistry);
  logger.info({ owner: registry.owner }, 'worker is ready');
  return {
    async stop(reason) {
      logger.info({ reason, running: registry.size }, 'worker is draining');
      const handBack = setTimeout(() => registry.stopAll(), reason === 'SIGTERM' ? drainGraceMs : 0);
      await queue.drain();
      clearTimeout(handBack);
      await app.close();
      logger.info('worker has stopped');
    },
  };
}

/** Throws when a job has two handlers; the queue throws when one has none. */
function collectHandlers(get: (type: (typeof handlerClasses)[number]) => object): Handlers {
  const handlers = new Map<JobName, JobHandler<JobName>>();
  for (const type of handlerClasses) {
    const name = handledBy(type);
    if (!name) throw new Error(`${type.name} does not say which job it handles`);
    if (handlers.has(name)) throw new Error(`The job ${name} has two handlers`);
    handlers.set(name, get(type) as JobHandler<JobName>);
  }
  return handlers;
}
