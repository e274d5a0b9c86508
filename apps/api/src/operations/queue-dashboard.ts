import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { JobQueue } from '@polyphony/queue';
import type { Logger } from '@polyphony/telemetry';
import type { FastifyInstance } from 'fastify';
import type { Admission } from '../auth/admission.js';
import { sendProblem } from '../problems/problem.filter.js';

const prefix = '/admin/queues';

/** The queue dashboard, for administrators and for looking only: jobs carry ids, and the sweep repairs them better than a hand. */
export async function mountQueueDashboard(
  fastify: FastifyInstance,
  parts: { queue: JobQueue; providers: readonly string[]; admission: Admission; logger: Logger },
): Promise<void> {
  const adapter = new FastifyAdapter();
  adapter.setBasePath(prefix);
  const queues = parts.queue.producer
    .dashboardQueues(parts.providers)
    .map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
  createBullBoard({ queues, serverAdapter: adapter, options: { uiConfig: { boardTitle: 'Polyphony queues' } } });
  await fastify.register(async (scope) => {
    scope.addHook('onRequest', async (request, reply) => {
      try {
        await parts.admission.admitAdministrator(request);
      } catch (error) {
        sendProblem(parts.logger, error, request, reply);
        return reply;
      }
      return undefined;
    });
    await scope.register(adapter.registerPlugin() as never, { prefix } as never);
  });
}
