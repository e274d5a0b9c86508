import type { FastifyInstance } from 'fastify';

const page =
  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
/** The reference page and the queue dashboard come with inline scripts and styles of their own. */
const foreignPage =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; frame-ancestors 'none'";

/** Headers every answer carries: its request id, and what a browser may do with it. */
export function addSecurityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    const foreign = request.url.startsWith('/docs') || request.url.startsWith('/admin/queues');
    void reply.headers({
      'x-request-id': request.id,
      'content-security-policy': foreign ? foreignPage : page,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
}
