import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.guard.js';
import { problemOf } from '../problems/problem.js';
import { Metrics } from './metrics.js';
import { type Check, Readiness } from './readiness.js';

@ApiTags('operations')
@Public()
@Controller()
export class OperationsController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiResponse({ status: 200, description: 'It does' })
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether a comparison asked now would be answered' })
  @ApiResponse({ status: 200, description: 'Database, queue, event log and workers are there' })
  @ApiResponse({ status: 503, description: 'A problem document whose `checks` say what is missing' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const checks = await this.readiness.checks();
    const missing = Object.entries<Check>(checks).filter(([, check]) => !check.ok);
    if (missing.length === 0) return { status: 'ready', checks };
    void reply.status(503).header('content-type', 'application/problem+json; charset=utf-8');
    return problemOf('unavailable', missing.map(([name, check]) => `${name}: ${check.detail}`).join('; '), { checks });
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({ summary: 'Prometheus metrics' })
  @ApiResponse({ status: 200, description: 'Text exposition format' })
  scrape(): Promise<string> {
    return this.metrics.scrape();
  }
}
