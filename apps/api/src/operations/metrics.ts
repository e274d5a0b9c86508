import { Injectable } from '@nestjs/common';
import { EventLog } from '@polyphony/events';
import { JobQueue } from '@polyphony/queue';
import { Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { ApiSettings } from '../api-settings.js';

/** What this process counts, and the state of the queues, in Prometheus' words. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests: Histogram<'method' | 'route' | 'status'>;
  private readonly jobs: Gauge<'queue' | 'state'>;

  constructor(
    log: EventLog,
    private readonly queue: JobQueue,
    private readonly settings: ApiSettings,
  ) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry, prefix: 'polyphony_api_' });
    this.requests = new Histogram({
      name: 'polyphony_http_request_seconds',
      help: 'Duration of HTTP requests by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
    this.jobs = new Gauge({ name: 'polyphony_jobs', help: 'Jobs by queue and state', labelNames: ['queue', 'state'], registers });
    new Gauge({
      name: 'polyphony_watchers',
      help: 'Sockets and event streams watching a comparison in this process',
      registers,
      collect() {
        this.set(log.tail.watchers);
      },
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status }, seconds);
  }

  async scrape(): Promise<string> {
    const counts = await this.queue.producer.counts(this.settings.providers).catch(() => ({}));
    for (const [queue, states] of Object.entries(counts))
      for (const [state, count] of Object.entries(states)) this.jobs.set({ queue, state }, count);
    return this.registry.metrics();
  }
}
