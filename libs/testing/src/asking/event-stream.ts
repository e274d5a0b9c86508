import type { Comparison, ComparisonEvent } from '@polyphony/contracts';
import { until } from '../until.js';

/** One Server-Sent-Events connection to a comparison's log, read as a client that knows only the standard would. */
export class EventStream {
  readonly events: ComparisonEvent[] = [];
  /** The snapshot that came first, where the log no longer reached back. */
  snapshot: { seq: number; snapshot: Comparison } | null = null;
  status: number | null = null;
  isClosed = false;
  /** Settles when the server has closed the stream, or it was dropped. */
  readonly closed: Promise<void>;
  private readonly abort = new AbortController();

  constructor(
    baseUrl: string,
    comparisonId: string,
    key: string,
    { after, lastEventId }: { after?: number; lastEventId?: number },
  ) {
    const query = after === undefined ? '' : `?after=${after}`;
    const headers = {
      authorization: `Bearer ${key}`,
      ...(lastEventId !== undefined && { 'last-event-id': String(lastEventId) }),
    };
    this.closed = this.read(`${baseUrl}/v1/comparisons/${comparisonId}/events${query}`, headers);
  }

  /** Waits for an event, past ones included. */
  async event(matches: (event: ComparisonEvent) => boolean, what: string, patienceMs = 20_000): Promise<ComparisonEvent> {
    return until(() => this.events.find(matches), `the stream brings ${what}`, patienceMs);
  }

  drop(): void {
    this.abort.abort();
  }

  private async read(url: string, headers: Record<string, string>): Promise<void> {
    try {
      const response = await fetch(url, { headers, signal: this.abort.signal });
      this.status = response.status;
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk as Uint8Array, { stream: true });
        const frames = text.split('\n\n');
        text = frames.pop()!;
        for (const frame of frames) this.take(frame);
      }
    } catch {
      // dropped by us, or broken by a server that was killed: the same to whoever reads
    }
    this.isClosed = true;
  }

  private take(frame: string): void {
    const fields = new Map(
      frame.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    const data = fields.get('data');
    if (data === undefined) return;
    const event = JSON.parse(data) as ComparisonEvent & { snapshot?: Comparison };
    if (fields.get('event') === 'snapshot') this.snapshot = event as never;
    else if (String(event.seq) !== fields.get('id') || event.type !== fields.get('event'))
      throw new Error(`A frame contradicts itself: ${frame}`);
    else this.events.push(event);
  }
}
