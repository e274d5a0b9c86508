import { redisIsInstalled } from './servers/redis-server.js';

/** What carries queue and wake-ups. PostgreSQL holds everything that must last in either case. */
export type Backend = 'postgres' | 'redis';

/** Describes a suite that has nothing to do with what carries queue and wake-ups. */
export function onPostgres(name: string, suite: (backend: Backend) => void): void {
  describe(`${name} (on PostgreSQL alone)`, () => suite('postgres'));
}

/** Describes the same suite on PostgreSQL alone and on PostgreSQL with Redis. */
export function onBothBackends(name: string, suite: (backend: Backend) => void): void {
  onPostgres(name, suite);
  onRedis(name, suite);
}

/** Describes a suite on PostgreSQL with Redis. Where no `redis-server` is installed it is skipped, and on CI it fails. */
export function onRedis(name: string, suite: (backend: Backend) => void): void {
  if (redisIsInstalled()) describe(`${name} (on PostgreSQL and Redis)`, () => suite('redis'));
  else if (process.env.CI)
    describe(`${name} (on PostgreSQL and Redis)`, () => {
      it('finds redis-server on the PATH', () => {
        throw new Error('redis-server is not on the PATH: install it, these cases must not be skipped here.');
      });
    });
  else describe.skip(`${name} (on PostgreSQL and Redis: skipped, redis-server is not on the PATH)`, () => suite('redis'));
}
