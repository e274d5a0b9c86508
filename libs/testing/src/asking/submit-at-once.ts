import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const client = fileURLToPath(new URL('./burst-client.mjs', import.meta.url));

/** How one submission of a burst was answered. `tookMs` is measured where it was sent. */
export interface Submitted {
  status: number;
  id: string | null;
  retryAfter: string | null;
  tookMs: number;
}

/** Submits all these comparisons at the same moment; one result for each, in order. */
export async function submitAtOnce(url: string, key: string, bodies: readonly object[]): Promise<Submitted[]> {
  const child = fork(client, [], { execArgv: [] });
  child.send({ url, key, bodies });
  const [results] = (await once(child, 'message')) as [Submitted[]];
  return results;
}
