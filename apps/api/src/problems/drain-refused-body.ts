import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';

const patienceMs = 5_000;

/**
 * A body refused for its size is still being sent. Closing on it breaks the connection before the client has read why, so
 * the rest is read first and thrown away, for a bounded time.
 */
export function drainRefusedBodies(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply) => {
    const { raw } = request;
    if (reply.statusCode !== 413 || raw.complete || raw.destroyed) return;
    raw.resume();
    await once(raw, 'end', { signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
  });
}
