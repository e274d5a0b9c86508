import type { FastifyInstance } from 'fastify';

/**
 * The API speaks JSON and nothing else: a form of another site cannot be posted here. An empty body is no body, since
 * many clients send the content type of JSON with everything.
 */
export function acceptJsonBodies(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else void parse(request, body as string, done);
  });
}
