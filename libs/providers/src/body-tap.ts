import type { Watchdog } from './watchdog.js';

/** What is left of a body when its reader is done with it: how much and how long to read on for the sake of the socket. */
const leftover = { bytes: 64 * 1024, ms: 250 };
type Step = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;
const ended: IteratorReturnResult<undefined> = { value: undefined, done: true };

/**
 * Puts a reader between a response's body and the SDK that will iterate it, so that the watchdog sees every byte. The SDKs
 * read `response.body` only when their stream is iterated and accept any async iterable there, which is cheaper than
 * another ReadableStream. Returns the way to close the body, and with it the socket.
 */
export function tapBody(response: Response, watchdog: Watchdog): () => void {
  const reader = response.body?.getReader();
  if (!reader) return () => {};
  let finished = false;
  const note = (step: Step): Step => {
    if (step.done) finished = true;
    else watchdog.bytes(step.value.byteLength);
    return step;
  };
  const close = (): void => {
    finished = true;
    reader.cancel().catch(() => {});
  };
  const body = {
    next: () => reader.read().then(note),
    // Cancelling a body of which only the end is missing would cost the keep-alive connection: read to the end instead.
    return: () => {
      if (!finished) void drain(reader, close);
      finished = true;
      return Promise.resolve(ended);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
  Object.defineProperty(response, 'body', { value: body, configurable: true });
  return close;
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, close: () => void): Promise<void> {
  const timer = setTimeout(close, leftover.ms);
  try {
    for (let read = 0; read <= leftover.bytes;) {
      const step = await reader.read();
      if (step.done) return;
      read += step.value.byteLength;
    }
    close();
  } catch {
    // The connection is gone; there is nothing left to keep.
  } finally {
    clearTimeout(timer);
  }
}
