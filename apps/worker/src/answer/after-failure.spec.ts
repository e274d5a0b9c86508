import type { AfterFailure } from '@polyphony/comparisons';
import { ProviderError, type ProviderErrorKind } from '@polyphony/providers';
import { afterFailure } from './after-failure.js';

const retry = { attempts: 3, baseMs: 500, maxMs: 20_000 };

function next(kind: ProviderErrorKind, modelTries: number, hasFallback: boolean): AfterFailure {
  return afterFailure(new ProviderError({ kind, message: 'x' }), { modelTries, hasFallback }, retry, () => 1);
}

it('asks the same model again while its attempts last, fallback or not', () => {
  expect(next('server', 0, true)).toEqual({ next: 'retry', delayMs: 500 });
  expect(next('overloaded', 1, false)).toEqual({ next: 'retry', delayMs: 1000 });
});

it('turns to the fallback when the attempts are used or another one is of no use', () => {
  expect(next('server', 2, true)).toEqual({ next: 'fallback' });
  expect(next('authentication', 0, true)).toEqual({ next: 'fallback' });
  expect(next('contextLength', 0, true)).toEqual({ next: 'fallback' });
});

it('fails when there is no fallback left', () => {
  expect(next('server', 2, false)).toEqual({ next: 'fail' });
  expect(next('notFound', 0, false)).toEqual({ next: 'fail' });
});

it.each<ProviderErrorKind>(['contentFilter', 'cancelled'])('does not carry %s on to a fallback', (kind) => {
  expect(next(kind, 0, true)).toEqual({ next: 'fail' });
});
