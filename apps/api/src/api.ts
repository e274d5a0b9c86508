import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { StandardSchemaValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { Access } from '@polyphony/accounts';
import { type Config, ConfigError } from '@polyphony/config';
import { JobQueue } from '@polyphony/queue';
import { Database } from '@polyphony/storage';
import { type Lifecycle, type Logger, NestLogger, TroubleLog } from '@polyphony/telemetry';
import type { FastifyInstance } from 'fastify';
import { ApiModule } from './api.module.js';
import { Admission } from './auth/admission.js';
import { Metrics } from './operations/metrics.js';
import { mountOpenApi } from './operations/openapi.js';
import { mountQueueDashboard } from './operations/queue-dashboard.js';
import { drainRefusedBodies } from './problems/drain-refused-body.js';
import { InvalidInput } from './problems/invalid-input.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { acceptJsonBodies } from './web/json-bodies.js';
import { mountPage } from './web/mount-page.js';
import { addSecurityHeaders } from './web/security-headers.js';

const maxBodyBytes = 4_000_000;

/** Builds the application with everything but a listening port. */
export async function createApi(config: Config, databaseUrl: string, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: maxBodyBytes,
    requestTimeout: 30_000,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(
    ApiModule.configure(config, databaseUrl, new TroubleLog(logger)),
    adapter,
    {
      logger: new NestLogger(logger),
      abortOnError: false,
      bodyParser: false,
    },
  );
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  acceptJsonBodies(fastify);
  addSecurityHeaders(fastify);
  drainRefusedBodies(fastify);
  const metrics = app.get(Metrics);
  fastify.addHook('onResponse', async (request, reply) => {
    metrics.observe(request.method, request.routeOptions.url ?? 'unknown', reply.statusCode, reply.elapsedTime / 1000);
  });
  app.useGlobalPipes(
    new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new InvalidInput(issues as { message: string }[]) }),
  );
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useWebSocketAdapter(new IoAdapter(app));
  await mountPage(fastify);
  const parts = {
    queue: app.get(JobQueue),
    providers: config.providers.connections.map(({ id }) => id),
    admission: app.get(Admission),
    logger,
  };
  await mountQueueDashboard(fastify, parts);
  mountOpenApi(app);
  return app;
}

/** Starts the API: connects, sees to the administrator's key, and listens. */
export async function startApi(config: Config, logger: Logger): Promise<Lifecycle> {
  if (!config.databaseUrl)
    throw new ConfigError('DATABASE_URL is not set: the API needs it. npm start brings a database of its own.');
  const app = await createApi(config, config.databaseUrl, logger);
  if (!(await app.get(Database).isMigrated())) throw new ConfigError('The database is not migrated: run npm run migrate first.');
  await app.get(Database).warmUp(12);
  if (config.adminApiKey) await app.get(Access).ensureAdministrator(config.adminApiKey);
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    if ((error as { code?: string }).code === 'EADDRINUSE')
      throw new ConfigError(`Port ${config.port} is already in use; set PORT to another one.`);
    throw error;
  }
  logger.info({ port: config.port, host: config.host }, 'api is ready');
  return {
    async stop(reason) {
      logger.info({ reason }, 'api is stopping');
      const force = setTimeout(() => process.exit(0), 5_000);
      await app.close();
      clearTimeout(force);
    },
  };
}
