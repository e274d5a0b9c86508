import { BadRequestException, HttpException, NotFoundException, ServiceUnavailableException } from '@nestjs/common';
import { Refusal } from '@polyphony/comparisons';
import { type ProblemCode, problems } from '@polyphony/contracts';
import { InvalidInput } from './invalid-input.js';
import { toProblem } from './to-problem.js';

const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code });
const withStatus = (statusCode: number, message = 'x'): Error => Object.assign(new Error(message), { statusCode });

describe('a refusal', () => {
  it.each(Object.keys(problems) as ProblemCode[])('of %s keeps its code, and the status and title that go with it', (code) => {
    const { problem, defect } = toProblem(new Refusal(code, 'Do this instead.'));
    expect(problem).toEqual({ type: `urn:polyphony:problem:${code}`, ...problems[code], code, detail: 'Do this instead.' });
    expect(defect).toBe(false);
  });

  it('carries its members, and when to try again as a header’s seconds', () => {
    expect(toProblem(new Refusal('budget_exceeded', 'x', { limitUsd: '1' })).problem).toMatchObject({ limitUsd: '1' });
    const waiting = toProblem(new Refusal('rate_limited', 'x', { retryAfterMs: 1200 }));
    expect(waiting.retryAfterSeconds).toBe(2);
    expect(waiting.problem).not.toHaveProperty('retryAfterMs');
  });
});

it('invalid input is listed fault by fault', () => {
  const { problem } = toProblem(new InvalidInput([{ path: ['panel', 0], message: 'is no model' }]));
  expect(problem).toMatchObject({ status: 400, code: 'invalid_request', detail: 'panel.0: is no model.', errors: [{ path: 'panel.0', message: 'is no model' }] }); // prettier-ignore
});

describe('a database that is away', () => {
  it.each([
    coded('ECONNREFUSED'),
    coded('57P03', 'the database system is starting up'),
    coded('57P01', 'terminating connection due to administrator command'),
    coded('53300', 'too many clients already'),
    coded('25006', 'cannot execute INSERT in a read-only transaction'),
    coded('08006'),
    new Error('Connection terminated unexpectedly'),
    new Error('timeout exceeded when trying to connect'),
  ])('(%p) is unavailable for now, and in the log', (error) => {
    const { problem, retryAfterSeconds, defect } = toProblem(error);
    expect(problem).toMatchObject({ status: 503, code: 'unavailable' });
    expect(retryAfterSeconds).toBe(1);
    expect(defect).toBe(true);
    expect(JSON.stringify(problem)).not.toContain(error.message.slice(0, 12));
  });
});

it.each<[Error, number, ProblemCode]>([
  [new NotFoundException(), 404, 'not_found'],
  [new BadRequestException('Unexpected token'), 400, 'invalid_request'],
  [withStatus(413), 413, 'too_large'],
  [withStatus(415), 415, 'unsupported_media_type'],
  [withStatus(408), 408, 'request_timeout'],
  [withStatus(429), 429, 'rate_limited'],
  [new HttpException('conflict', 409), 409, 'conflict'],
  [new HttpException('pay', 402), 400, 'invalid_request'],
  [new HttpException('teapot', 418), 400, 'invalid_request'],
])('what the framework refuses (%p) is answered with %d %s', (error, status, code) => {
  expect(toProblem(error)).toMatchObject({ problem: { status, code }, defect: false });
});

it.each([
  new Error('password=hunter2'),
  coded('23505', 'duplicate key (hunter2)'),
  withStatus(500, 'hunter2'),
  new ServiceUnavailableException('hunter2'),
  'hunter2',
  null,
  undefined,
])(
  // prettier-ignore
  'anything else (%p) is a defect that says nothing of itself',
  (error) => {
    const { problem, defect } = toProblem(error);
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(defect).toBe(true);
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  },
);
