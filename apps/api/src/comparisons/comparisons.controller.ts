import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Principal } from '@polyphony/accounts';
import { ComparisonControl, ComparisonCreator, ComparisonView, exportMarkdown } from '@polyphony/comparisons';
import {
  AssessmentRequest,
  Comparison,
  ComparisonPage,
  CreateComparison,
  DryRunResult,
  FinishRequest,
  Id,
  ListQuery,
  Problem,
} from '@polyphony/contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/auth.guard.js';
import { parseInput } from '../problems/invalid-input.js';
import { SubmissionGate } from './submission-gate.js';

const IdempotencyKey = z
  .string()
  .min(1, 'Idempotency-Key must not be empty')
  .max(200, 'Idempotency-Key may have at most 200 characters');
const ExportQuery = z.strictObject({ format: z.enum(['json', 'markdown']).default('json') });
const Cursor = z.uuid('cursor is not one this list has given');

@ApiTags('comparisons')
@ApiBearerAuth()
@ApiResponse({ status: '4XX', description: 'A problem document that says what to change', standardSchema: Problem })
@Controller('v1/comparisons')
export class ComparisonsController {
  constructor(
    private readonly creator: ComparisonCreator,
    private readonly view: ComparisonView,
    private readonly control: ComparisonControl,
    private readonly gate: SubmissionGate,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Ask one question of a panel of models',
    description: 'With `dryRun` nothing is stored or called: 200 and the estimate.',
  })
  @ApiResponse({ status: 202, description: 'Accepted; `Location` is set', standardSchema: Comparison })
  @ApiResponse({
    status: 200,
    description: 'The estimate of a dry run, or the comparison this Idempotency-Key made before',
    standardSchema: z.union([Comparison, DryRunResult]),
  })
  async create(
    @Caller() caller: Principal,
    @Body({ schema: CreateComparison }) body: CreateComparison,
    @Headers('idempotency-key') key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Comparison | DryRunResult> {
    if (body.dryRun) {
      void reply.status(200);
      return { estimate: await this.creator.estimate(body) };
    }
    const idempotencyKey = key === undefined ? null : parseInput(IdempotencyKey, key);
    const { comparison, created } = await this.gate.pass(
      () => this.creator.create(caller, body, idempotencyKey),
      reply.elapsedTime,
    );
    void reply.status(created ? 202 : 200).header('location', `/v1/comparisons/${comparison.id}`);
    return comparison;
  }

  @Get()
  @ApiOperation({ summary: 'List comparisons, newest first' })
  @ApiResponse({ status: 200, standardSchema: ComparisonPage })
  list(@Caller() caller: Principal, @Query({ schema: ListQuery }) query: ListQuery): Promise<ComparisonPage> {
    const cursor = query.cursor === undefined ? null : parseInput(Cursor, query.cursor);
    return this.view.page(caller.workspaceId, query.limit, cursor);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a comparison as of its `lastSeq`' })
  @ApiResponse({ status: 200, standardSchema: Comparison })
  get(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<Comparison> {
    return this.view.get(caller.workspaceId, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a comparison; what still runs is stopped' })
  async delete(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<void> {
    await this.control.delete(caller.workspaceId, id);
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop everything; upstream calls are closed within a second' })
  @ApiResponse({ status: 202, standardSchema: Comparison })
  async cancel(@Caller() caller: Principal, @Param('id', { schema: Id }) id: string): Promise<Comparison> {
    await this.control.cancel(caller.workspaceId, id);
    return this.view.get(caller.workspaceId, id);
  }

  @Post(':id/finish')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop waiting and assess what is there; the rest lands late or is cancelled' })
  @ApiResponse({ status: 202, standardSchema: Comparison })
  async finish(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: FinishRequest.prefault({}) }) body: FinishRequest,
  ): Promise<Comparison> {
    await this.control.finish(caller.workspaceId, id, body.cancelRest);
    return this.view.get(caller.workspaceId, id);
  }

  @Post(':id/answers/:answerId/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop one answer' })
  @ApiResponse({ status: 202, standardSchema: Comparison })
  async cancelAnswer(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Param('answerId', { schema: Id }) answerId: string,
  ): Promise<Comparison> {
    await this.control.cancelAnswer(caller.workspaceId, id, answerId);
    return this.view.get(caller.workspaceId, id);
  }

  @Post(':id/answers/:answerId/retry')
  @HttpCode(202)
  @ApiOperation({ summary: 'Ask one slot again; what depends on it is assessed as a new version' })
  @ApiResponse({ status: 202, standardSchema: Comparison })
  async retryAnswer(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Param('answerId', { schema: Id }) answerId: string,
  ): Promise<Comparison> {
    await this.control.retryAnswer(caller.workspaceId, id, answerId);
    return this.view.get(caller.workspaceId, id);
  }

  @Post(':id/assessments')
  @HttpCode(202)
  @ApiOperation({ summary: 'Judge the answers again; older versions stay' })
  @ApiResponse({ status: 202, standardSchema: Comparison })
  async assess(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AssessmentRequest.prefault({}) }) body: AssessmentRequest,
  ): Promise<Comparison> {
    await this.control.assess(caller.workspaceId, id, body);
    return this.view.get(caller.workspaceId, id);
  }

  @Get(':id/export')
  @ApiOperation({ summary: 'Everything about a comparison as one file, JSON or Markdown' })
  @ApiResponse({ status: 200, description: 'A Comparison, or a Markdown document' })
  async export(
    @Caller() caller: Principal,
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: ExportQuery }) query: z.infer<typeof ExportQuery>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const comparison = await this.view.get(caller.workspaceId, id);
    const [type, ending] = query.format === 'markdown' ? ['text/markdown', 'md'] : ['application/json', 'json'];
    void reply
      .header('content-type', `${type}; charset=utf-8`)
      .header('content-disposition', `attachment; filename="comparison-${id}.${ending}"`);
    return query.format === 'markdown' ? exportMarkdown(comparison) : JSON.stringify(comparison, null, 2);
  }
}
