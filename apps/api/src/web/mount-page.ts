import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const built = fileURLToPath(new URL('../../../web/dist', import.meta.url));

/** Serves the built page at `/`, and the same page for every address it shows comparisons under. */
export async function mountPage(fastify: FastifyInstance): Promise<void> {
  if (!existsSync(`${built}/index.html`)) return;
  await fastify.register(fastifyStatic, {
    root: built,
    wildcard: false,
    index: 'index.html',
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  fastify.get('/c/:id', (_, reply) => reply.header('cache-control', 'no-cache').sendFile('index.html', built));
}
